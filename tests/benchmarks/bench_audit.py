"""Times the audit record: what a recorded answer costs, and how long 100,000 records take to verify and to show.

Run: python -m tests.benchmarks.bench_audit [ROWS]
"""
# ruff: noqa: T201

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any

from assistant.audit import AuditLog
from assistant.exports import verify_export, write_export
from assistant.overview import corpus_gaps, outcomes_by_day, review_progress, support_by_step
from assistant.record import Selection
from assistant.record_queries import columns_of, words_of
from assistant.review import queue
from tests.recorded_turns import a_crisis, a_refusal, a_turn


def main(rows: int = 100_000) -> None:
    """Print one line a figure."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        log = AuditLog(Path(folder) / "audit")
        print("load of the machine (1, 5, 15 minutes):", *(f"{load:.2f}" for load in os.getloadavg()))
        _appends(log, "to an empty record")
        _in_memory()
        _fill(log, rows)
        _appends(log, f"to {rows} records")
        size = sum(path.stat().st_size for path in log.folder.iterdir())
        print(f"{rows} records: {size / 1e6:.0f} MB")
        _timed("verify", log.verify)
        _timed("newest 50 with their words", lambda: [log.turn_of(r) for r in log.records(_newest(limit=50))])
        _timed(
            "filter: abstained, lamps, support below .9", lambda: log.records(_newest(outcome="abstained", limit=1000))
        )
        _timed("filter by document", lambda: log.records(_newest(document="lamps", limit=1000)))
        _timed("filter by state", lambda: log.records(_newest(state="accepted", limit=1000)))
        _timed("queue", lambda: queue(log))
        for show in (outcomes_by_day, support_by_step, corpus_gaps, review_progress):
            _timed(f"overview: {show.__name__}", lambda show=show: show(log))  # type: ignore[misc]
        _pages(Path(folder))
        path = Path(folder) / "audit.jsonl"
        _timed("export", lambda: write_export(log, path))
        _timed("verify the export", lambda: verify_export(path))
        _timed("erase one conversation", lambda: log.erase(conversation="talk 7"))
        print("holds:", log.verify().ok)
        log.close()


def _appends(log: AuditLog, where: str, count: int = 1000) -> None:
    """Append and a bare write to the same disk, by turns, so that both meet the same load."""
    turn = a_turn()
    times: dict[str, list[float]] = {"append": [], "a bare write and fdatasync of 8 kB": []}
    with tempfile.NamedTemporaryFile(dir=log.folder) as file:

        def bare() -> None:
            file.write(b"x" * 8192)
            file.flush()
            os.fdatasync(file.fileno())

        def append() -> None:
            log.append(turn, "bench", "asker", "verbatim", 10.0)

        for _ in range(count):
            for taken, action in zip(times.values(), (append, bare), strict=True):
                start = time.perf_counter()
                action()
                taken.append((time.perf_counter() - start) * 1000)
            time.sleep(0.002)
    for what, taken in times.items():
        cuts = quantiles(taken, n=100)
        print(f"{what}, {where}: p50 {cuts[49]:.2f} ms, p95 {cuts[94]:.2f} ms, p99 {cuts[98]:.2f} ms")


def _in_memory() -> None:
    """What an append costs beside the disk."""
    if Path("/dev/shm").is_dir():
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            log = AuditLog(Path(folder) / "audit")
            _appends(log, "in memory")
            log.close()


def _pages(folder: Path) -> None:
    """Each view of the Audit page, opened twice: the first time holds what is imported once for the process."""
    from streamlit.testing.v1 import AppTest

    from tests.test_audit_page import PAGE

    for view in ("Queue", "All answers", "Overview", "Record"):
        page = AppTest.from_string(PAGE.format(folder=str(folder)), default_timeout=120)
        page.session_state["audit_view"] = view
        for occasion in ("the first time", "again"):
            _timed(f"page: {view}, {occasion}", page.run)


def _fill(log: AuditLog, rows: int) -> None:
    """Many rows in one transaction: the same rows as `append` writes, without a wait for the disk after each."""
    turns = [a_turn(), a_turn(support=0.7), a_refusal(), a_refusal(missing="a colour"), a_crisis()]
    with log._chain.writing() as writer:
        for number in range(rows):
            turn = replace(turns[number % len(turns)] if number % 50 else turns[-1], question=f"Question {number}?")
            writer.add(columns_of(turn, f"talk {number % 20_000}", "p-1", "verbatim", 10.0), words_of(turn))


def _newest(**names: Any) -> Selection:
    return Selection(newest_first=True, **names)


def _timed(what: str, action: Callable[[], object]) -> None:
    start = time.perf_counter()
    action()
    print(f"{what}: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

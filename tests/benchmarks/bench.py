"""`make bench`: cold start to the first cited answer, warm latency, index rate against the bare encoder, memory.

Figures depend on the machine; each is printed with its spread, and the ratios are taken in one run.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUESTION = "How well does light therapy work for SAD?"


def spread(seconds: list[float], unit: float = 1000.0) -> str:
    """min / p50 / p95, in milliseconds."""
    ordered = sorted(s * unit for s in seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"min {ordered[0]:.0f}  p50 {statistics.median(ordered):.0f}  p95 {p95:.0f}  (n={len(ordered)})"


def timed(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def started(command: list[str], times: int) -> tuple[list[float], float]:
    """(seconds, peak MB) of a new process each time; the first, which may still build something, does not count."""
    rows, most = [], 0
    for _ in range(times + 1):
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"{command} ended with {status}")
        rows.append(time.perf_counter() - start)
        most = max(most, usage.ru_maxrss)
    return rows[1:], most / 1024


def cold(state: str) -> float:
    """`sourcebound ask` in a new process each time; the median, in seconds."""
    rows, most = started([sys.executable, "-m", "ui.cli", "--state", state, "ask", QUESTION], 7)
    sys.stdout.write(f"cold process to the printed cited answer, ms: {spread(rows)}; peak {most:.0f} MB\n")
    return statistics.median(rows)


def plain(folder: str) -> tuple[float, list[str]] | None:
    """Plain LangChain, Chroma and HuggingFaceEmbeddings, cold: (median seconds, command); None without them."""
    python = ROOT / ".venv-models" / "bin" / "python"
    wanted = [str(python), "-c", "import langchain_chroma, langchain_huggingface"]
    if not python.is_file() or subprocess.run(wanted, capture_output=True, check=False).returncode:
        sys.stdout.write("plain LangChain: not measured (make test-models sets its environment up)\n")
        return None
    command = [str(python), "-m", "tests.benchmarks.plain", folder, QUESTION]
    rows, most = started(command, 3)
    sys.stdout.write(f"plain LangChain, which only retrieves: cold ms {spread(rows)}; peak {most:.0f} MB\n")
    return statistics.median(rows), command


def beside(cold_seconds: float, warm_seconds: float, questions: list[str], other: tuple[float, list[str]]) -> None:
    """Ours beside the plain one, as ratios of medians."""
    done = subprocess.run([*other[1], *questions], cwd=ROOT, capture_output=True, text=True, check=True)
    each = float(done.stdout.splitlines()[-1]) / 1000
    sys.stdout.write(
        f"ours beside plain LangChain: {cold_seconds / other[0]:.2f} times as long cold, "
        f"{warm_seconds / each:.2f} times warm ({each * 1000:.0f} ms)\n"
    )


def warm(state: str) -> tuple[float, list[str]]:
    """Thirty different questions of the bank, asked of a warm assistant; the median in seconds, and the questions."""
    from assistant.bootstrap import open_assistant
    from assistant.settings import load_settings
    from corpus.loading import load
    from index.building import encoded
    from index.encoders import open_encoder

    settings = load_settings(state=state, record="off")
    assistant = open_assistant(settings)
    questions = [q.text for q in assistant.corpus.bank.questions[::93]][:30]
    assistant.ask(QUESTION)
    answered = []
    for question in questions:
        start = time.perf_counter()
        assistant.ask(question)
        answered.append(time.perf_counter() - start)
    sys.stdout.write(f"warm answer, ms: {spread(answered)}\n")
    corpus, encoder = load([]), open_encoder(settings.encoder, settings.state)
    texts = sorted((q.text for q in corpus.bank.questions), key=len)
    bare = timed(lambda: encoder.encode(texts, threads=os.cpu_count() or 1))
    whole = timed(lambda: encoded(corpus, encoder, lambda *_: None))
    with tempfile.TemporaryDirectory() as fresh:
        from index.building import open_index

        built = timed(lambda: open_index(corpus, encoder, Path(fresh)))
    sys.stdout.write(
        f"index: {len(texts) / bare:.0f} texts/s by the bare encoder; encoding takes {whole / bare:.2f} times as long, "
        f"the whole build with its proof {built / bare:.2f} times\n"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory of this process: {peak:.0f} MB\n")
    return statistics.median(answered), questions


def main() -> None:
    """All of it, in a state folder of its own."""
    with tempfile.TemporaryDirectory() as state:
        subprocess.run(
            [sys.executable, "-m", "ui.cli", "--state", state, "index"], cwd=ROOT, check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            cold_seconds, other = cold(state), plain(folder)  # first, while this process is small
            warm_seconds, questions = warm(state)
            if other:
                beside(cold_seconds, warm_seconds, questions, other)


if __name__ == "__main__":
    main()

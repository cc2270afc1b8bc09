from __future__ import annotations

import builtins
import csv
import errno
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.audit import AuditLog
from assistant.export_page import answer_page, conversation_page, write_page
from assistant.exports import CSV_COLUMNS, differing_quotes, safe_cell, verify_export, write_csv, write_export
from assistant.record import Review, Selection, State, Verdict, row_hash
from assistant.versions import Library
from assistant.whole_files import written_whole
from corpus.errors import RecordError
from tests.recorded_turns import SENTENCE, a_crisis, a_document, a_refusal, a_turn, recorded

EXPORTER = """
import sys
from pathlib import Path
from assistant.audit import AuditLog
from assistant.exports import write_export
log = AuditLog(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    write_export(log, Path(sys.argv[2]))
"""
WRITER = """
import sys, time
from pathlib import Path
from assistant.audit import AuditLog
from tests.recorded_turns import recorded
log = AuditLog(Path(sys.argv[1]))
while True:
    recorded(log, "Beside?", "beside")
    time.sleep(0.01)
    log.erase(conversation="beside")
"""


def _started(script: str, *given: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, given)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "versions", [a_document()])


@pytest.fixture
def exported(log: AuditLog, tmp_path: Path) -> Path:
    first = recorded(log)
    log.append(a_refusal(), "two", "", "verbatim", 3)
    log.review(first, Review(State.ACCEPTED, "Dr One", (Verdict.SUPPORTS,), note="well put"))
    log.append(a_crisis(), "three", "", "none", 1)
    log.erase(record=recorded(log, "What was erased?", "four"))
    log.anchor()
    write_export(log, tmp_path / "audit.jsonl")
    return tmp_path / "audit.jsonl"


def rewritten(path: Path, change: Callable[[str], str], line: int) -> None:
    lines = path.read_text().splitlines()
    lines[line] = change(lines[line])
    path.write_text("\n".join(lines) + "\n")


class TestTheChainInAFile:
    def test_it_verifies_without_the_database(self, log: AuditLog, exported: Path) -> None:
        here, there = log.verify(), verify_export(exported)

        assert there.ok
        assert (there.rows, there.head, there.texts, there.erased) == (here.rows, here.head, here.texts, here.erased)
        assert verify_export(exported, log.head()).ok

    def test_every_byte_of_every_row_counts(self, exported: Path) -> None:
        whole = exported.read_bytes()
        first = whole.index(b"\n") + 1
        uncaught = []
        for at in range(first, len(whole), 13):
            exported.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            if verify_export(exported).ok:
                uncaught.append(whole[at - 20 : at + 20])

        assert uncaught == []

    @pytest.mark.parametrize("row", range(1, 7))
    def test_a_removed_row_is_caught(self, exported: Path, row: int) -> None:
        lines = exported.read_bytes().splitlines(keepends=True)
        exported.write_bytes(b"".join(lines[:row] + lines[row + 1 :]))

        broken = verify_export(exported).broken
        assert broken is not None
        assert broken.seq == row

    def test_two_rows_in_each_other_s_place_are_caught(self, exported: Path) -> None:
        lines = exported.read_bytes().splitlines(keepends=True)
        lines[2], lines[3] = lines[3], lines[2]
        exported.write_bytes(b"".join(lines))

        assert not verify_export(exported).ok

    def test_a_file_cut_anywhere_is_caught(self, exported: Path) -> None:
        whole = exported.read_bytes()
        for length in range(0, len(whole) - 1, 37):
            exported.write_bytes(whole[:length])
            assert not verify_export(exported).ok, length

    def test_a_tail_cut_with_a_first_line_to_match_is_caught_by_an_anchor_or_a_head_that_was_kept(
        self, log: AuditLog, exported: Path
    ) -> None:
        lines = exported.read_text().splitlines()[:-2]
        title = json.loads(lines[0])
        last = json.loads(lines[-1])["row"]
        title |= {"rows": last["seq"], "head": last["hash"]}
        exported.write_text("\n".join([json.dumps(title), *lines[1:]]) + "\n")
        with_anchors = verify_export(exported)
        exported.write_text("\n".join([json.dumps(title | {"anchors": []}), *lines[1:]]) + "\n")

        assert not with_anchors.ok
        assert not verify_export(exported, log.head()).ok

    def test_a_row_forged_with_a_fitting_hash_breaks_the_next(self, exported: Path) -> None:
        def forge(line: str) -> str:
            entry = json.loads(line)
            entry["row"]["outcome"] = "answered"
            entry["row"]["hash"] = row_hash(entry["row"])
            return json.dumps(entry, sort_keys=True, separators=(",", ":"))

        rewritten(exported, forge, 2)

        broken = verify_export(exported).broken
        assert broken is not None
        assert broken.seq == 3

    def test_without_texts_it_verifies_and_holds_no_word(self, log: AuditLog, exported: Path) -> None:
        write_export(log, exported, texts=False)

        assert verify_export(exported).ok
        assert "bright" not in exported.read_text()
        assert "well put" not in exported.read_text()

    def test_something_else_is_not_taken_for_an_export(self, tmp_path: Path) -> None:
        path = tmp_path / "other.jsonl"
        for content in ("", "[]\n", '{"kind": "else"}\n', "\x00\n", '"text"\n'):
            path.write_text(content)
            assert not verify_export(path).ok
        with pytest.raises(RecordError, match="cannot be read"):
            verify_export(tmp_path / "absent.jsonl")
        with pytest.raises(RecordError, match="A head looks like"):
            verify_export(path, "abc")

    def test_a_record_that_does_not_hold_is_not_exported(self, log: AuditLog, exported: Path) -> None:
        before = exported.read_bytes()
        with (log.folder / "anchors.jsonl").open("a") as file:
            file.write('{"hash": "ff", "seq": 2, "time": "then"}\n')

        with pytest.raises(RecordError, match="Nothing was exported"):
            write_export(log, exported)

        assert exported.read_bytes() == before


class TestWritingWhole:
    @pytest.mark.parametrize("call", ["write", "fsync", "replace", "open"])
    def test_whichever_call_fails_the_old_file_stays_or_the_new_one_is_whole(
        self, log: AuditLog, exported: Path, call: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = exported.read_bytes()
        recorded(log, "One more?")
        outcomes = []
        for failing in range(1, 40):
            with monkeypatch.context() as patch:
                count = _fail_at(patch, call, failing)
                try:
                    write_export(log, exported)
                    outcomes.append("written")
                except RecordError:
                    outcomes.append("said")
            found = exported.read_bytes()
            assert found == old or verify_export(exported).rows == 7
            assert list(exported.parent.glob(".*.part")) == []
            if count() < failing:  # nothing was left to fail
                break
            exported.write_bytes(old)

        assert outcomes[0] == "said"
        assert outcomes[-1] == "written"

    def test_killed_in_the_middle_of_exporting_while_others_write_and_erase_one_whole_export_is_there(
        self, log: AuditLog, exported: Path
    ) -> None:
        for n in range(200):
            recorded(log, f"Before {n}?")
        others = _started(WRITER, log.folder)
        try:
            for n in range(8):
                exporter = _started(EXPORTER, log.folder, exported)
                assert exporter.stdout is not None
                exporter.stdout.readline()
                time.sleep(0.013 * n)
                exporter.kill()
                exporter.communicate()
                assert verify_export(exported).ok, n
        finally:
            others.kill()
            others.communicate()

        assert verify_export(exported).rows > 200
        assert log.verify().ok

    def test_what_a_killed_export_left_behind_is_removed_once_it_is_old(self, log: AuditLog, exported: Path) -> None:
        left, fresh, other = (
            exported.parent / name for name in (".audit.jsonl.1.part", ".audit.jsonl.2.part", ".b.part")
        )
        for path in (left, fresh, other):
            path.write_text("words")
        for path in (left, other):
            os.utime(path, (0, 0))

        write_export(log, exported)

        assert [path.exists() for path in (left, fresh, other)] == [False, True, True]

    def test_a_block_that_fails_leaves_what_was_there(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("old")

        def interrupted() -> None:
            with written_whole(path) as file:
                file.write(b"new")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()

        assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def _fail_at(patch: pytest.MonkeyPatch, call: str, failing: int) -> Callable[[], int]:
    """Make the n-th call fail: of os.fsync, os.replace or os.open, or of a write to a file that os.open opened."""
    calls = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == failing:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return original(*given, **named)

        return run

    class File(io.BufferedWriter):
        write = counted(io.BufferedWriter.write)
        flush = counted(io.BufferedWriter.flush)

    def opened(file: Any, *given: Any, **named: Any) -> Any:
        return File(io.FileIO(file, "wb")) if isinstance(file, int) else real(file, *given, **named)

    real = builtins.open
    if call == "write":
        patch.setattr(builtins, "open", opened)
    else:
        patch.setattr(os, call, counted(getattr(os, call)))
    return lambda: calls


class TestCsv:
    def test_no_cell_is_taken_for_a_formula(self, log: AuditLog, library: Library, tmp_path: Path) -> None:
        for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "  =", "\u00a0@", "\u3000="):
            recorded(log, f"{start}HYPERLINK(A1)")
        recorded(log, 'a "quoted", one\nin two lines')

        write_csv(log, tmp_path / "answers.csv", library)

        with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == CSV_COLUMNS
        questions = [row["question"] for row in rows]
        assert all(question.startswith("'") for question in questions[:-1])
        assert questions[-1] == 'a "quoted", one\nin two lines'

    @given(some.text())
    def test_whatever_is_asked_no_cell_begins_a_formula(self, text: str) -> None:
        cell = safe_cell(text)

        assert cell.lstrip(" ")[:1] not in tuple("=+-@\t\r\n＝＋－＠")
        assert "\0" not in cell
        assert cell.removeprefix("'") == text.replace("\0", "") or cell == text.replace("\0", "")

    def test_each_row_says_whether_its_quotes_stand_and_which_head_the_record_had(
        self, log: AuditLog, library: Library, tmp_path: Path
    ) -> None:
        turn = a_turn()
        forged = replace(turn.citations[0], quote="A lamp of 1 lux.")
        unknown = replace(turn.citations[0], version="0" * 16)
        for citations in ((), turn.citations, (forged, turn.citations[0]), (turn.citations[0], unknown)):
            log.append(replace(turn, citations=citations), "one", "", "verbatim", 1)

        write_csv(log, tmp_path / "answers.csv", library)

        with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["quotes"] for row in rows] == ["", "stand", "differ", "not kept"]
        assert {row["head of the record"] for row in rows} == {log.head()}
        assert differing_quotes(log, library) == [rows[2]["record"]]

    def test_only_what_is_selected_is_written(self, log: AuditLog, library: Library, tmp_path: Path) -> None:
        recorded(log)
        log.append(a_refusal(), "two", "", "verbatim", 1)

        assert write_csv(log, tmp_path / "answers.csv", library, Selection(outcome="abstained")) == 1


class TestThePage:
    def test_it_holds_question_answer_quote_version_hash_and_review(self, log: AuditLog, library: Library) -> None:
        name = recorded(log)
        log.review(name, Review(State.CORRECTED, "Dr One", (Verdict.PARTLY,), {"correctness": 3}, "the lux is missing"))

        page = answer_page(log, log.record(name), library)

        for part in ("How bright is the lamp?", f"<mark>{SENTENCE}</mark>", a_document().version, name, log.head()):
            assert part in page
        assert f"{log.anchors()[-1].seq}:{log.anchors()[-1].hash}" == log.head()
        for part in ("Review: corrected", "partly; correctness 3", "the lux is missing", "not supported"):
            assert part in page

    def test_nothing_in_it_is_fetched_or_run(self, log: AuditLog, library: Library) -> None:
        page = answer_page(log, log.record(recorded(log)), library)

        assert re.findall(r"https?:|src=|href=|<script|@import|url\(", page) == []
        assert "default-src 'none'" in page

    def test_whatever_was_written_is_escaped(self, log: AuditLog, library: Library) -> None:
        attack = "<script>alert(1)</script><img src=x onerror=alert(1)>'\""
        turn = replace(a_refusal(attack, attack), answer=attack, search_question=attack + "?")
        name = log.append(turn, attack, attack, attack, 1)
        log.report(name, attack)

        page = conversation_page(log, log.record(name).conversation, library)

        assert "<script" not in page
        assert "<img" not in page
        assert page.count("&lt;script&gt;") >= 6

    def test_an_erased_answer_leaves_its_row_and_says_so(self, log: AuditLog, library: Library) -> None:
        name = recorded(log)
        log.erase(record=name)

        page = answer_page(log, log.record(name), library)

        assert "were erased" in page
        assert "bright" not in page
        assert name in page

    def test_a_conversation_has_its_answers_in_order_and_no_other(self, log: AuditLog, library: Library) -> None:
        recorded(log, "First?")
        recorded(log, "Elsewhere?", "two")
        recorded(log, "Second?")

        page = conversation_page(log, "one", library)

        assert page.index("First?") < page.index("Second?")
        assert "Elsewhere?" not in page
        with pytest.raises(RecordError, match="No answer of a conversation"):
            conversation_page(log, "none", library)

    def test_it_is_written_whole(self, tmp_path: Path) -> None:
        write_page("<p>", tmp_path / "page.html")

        assert (tmp_path / "page.html").read_text() == "<p>"
        with pytest.raises(RecordError, match="cannot be written"):
            write_page("<p>", tmp_path / "no folder" / "page.html")


class TestVersions:
    def test_a_citation_opens_the_version_it_was_made_from_and_says_that_it_has_changed(self, tmp_path: Path) -> None:
        old = Library(tmp_path, [a_document()])
        assert (old.keep(), old.keep()) == (1, 0)
        new = Library(tmp_path, [a_document("A lamp of 2,500 lux was used for two hours.")])
        new.keep()

        found = new.opened(a_turn().citations[0])

        assert (found.holds, found.now) == (True, "differs")
        assert found.text == a_document().text
        assert found.remark == "The current version differs here."
        assert [line[0] for line in found.difference] == ["-", "+"]
        assert "2,500 lux" in found.difference[1]

    def test_a_change_elsewhere_in_the_document_is_no_difference_here(self, tmp_path: Path) -> None:
        Library(tmp_path, [a_document()]).keep()
        document = a_document()
        longer = replace(document, text=document.text + "\nMore was added.\n", version="0123456789abcdef")

        found = Library(tmp_path, [longer]).opened(a_turn().citations[0])

        assert (found.holds, found.now, found.remark) == (True, "same", "")

    def test_a_document_no_longer_in_the_corpus_still_opens(self, tmp_path: Path) -> None:
        Library(tmp_path, [a_document()]).keep()

        found = Library(tmp_path, []).opened(a_turn().citations[0])

        assert (found.holds, found.now) == (True, "gone")
        assert found.text == a_document().text

    def test_the_stored_version_is_the_whole_document(self, tmp_path: Path) -> None:
        Library(tmp_path, [a_document()]).keep()

        assert Library(tmp_path).document("lamps", a_document().version) == a_document()
        assert Library(tmp_path).document("other", a_document().version) is None

    def test_a_stored_version_that_was_altered_is_not_shown_as_the_source(self, tmp_path: Path) -> None:
        Library(tmp_path, [a_document()]).keep()
        [path] = tmp_path.iterdir()
        path.write_text(path.read_text().replace("10,000", "10"))

        found = Library(tmp_path).opened(a_turn().citations[0])

        assert (found.holds, found.text) == (False, None)
        assert "cannot be compared" in found.remark

    def test_a_quote_that_is_not_the_stored_text_is_said(self, tmp_path: Path) -> None:
        citation = replace(a_turn().citations[0], quote=SENTENCE.replace("10,000", "1,000"))

        found = Library(tmp_path, [a_document()]).opened(citation)

        assert not found.holds
        assert found.remark == "This quote does not stand in the stored text of the version it names."

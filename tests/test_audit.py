from __future__ import annotations

import contextlib
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.audit import AuditLog
from assistant.record import COLUMNS, Mode, Review, Selection, State, Verdict, row_hash
from assistant.record_queries import question_shown
from assistant.safety import load_words
from assistant.triage import Triage
from corpus.errors import RecordError
from tests.recorded_turns import SENTENCE, Clock, a_crisis, a_refusal, a_turn, recorded


def a_full_chain(log: AuditLog) -> None:
    """One row of every kind, and every column filled somewhere."""
    first = recorded(log)
    log.append(a_refusal(), "two", "Ms Example", "verbatim", 3)
    log.review(first, Review(State.ACCEPTED, "Dr One", (Verdict.SUPPORTS,), {"correctness": 5}, "well put"))
    log.report(first, "is this right?", "Mr Other")
    log.append_gap(a_crisis(), "three", "Mr Other", "none", "database is locked")
    log.write_gaps()
    gone = recorded(log, "What was erased?", "four")
    log.erase(record=gone)
    recorded(log, "And after that?")


def files_of(log: AuditLog) -> dict[str, bytes]:
    folder = log.folder
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def altered(log: AuditLog, *statements: str) -> None:
    """What somebody with the file in hand can do: no trigger stands in their way."""
    log.close()
    connection = sqlite3.connect(log.folder / "audit.db")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


class TestRecording:
    def test_a_turn_comes_back_as_it_was_with_the_hash_of_its_record(self, log: AuditLog) -> None:
        turn = a_turn()

        name = log.append(turn, "one", "Ms Example", "verbatim", 12.5)

        record = log.record(name)
        assert log.turn_of(record) == turn.recorded_as(name)
        assert (record.outcome, record.safety, record.level) == ("answered", "none", "none")
        assert record.cited[0].document_id == "lamps"
        assert record.models == {"encoder": "e1", "support": "s1"}
        assert record.support == pytest.approx(0.93)

    def test_no_word_of_question_or_answer_stands_in_the_chain_row(self, log: AuditLog) -> None:
        recorded(log)

        [row] = log.select("SELECT * FROM chain")
        assert "bright" not in repr(row)
        assert SENTENCE not in repr(row)

    def test_the_asker_stands_there_under_a_pseudonym_only(self, log: AuditLog) -> None:
        one, two = log.record(recorded(log)), log.record(recorded(log))

        assert one.asker == two.asker != ""
        assert all(b"Ms Example" not in content for content in files_of(log).values())

    def test_a_record_is_found_by_the_beginning_of_its_hash(self, log: AuditLog) -> None:
        name = recorded(log)

        assert log.record(name[:8]).hash == name
        with pytest.raises(RecordError, match="8 to 64"):
            log.record(name[:4])
        with pytest.raises(RecordError, match="No records"):
            log.record("f" * 63)

    def test_two_logs_of_one_folder_write_one_chain(self, log: AuditLog, clock: Clock) -> None:
        other = AuditLog(log.folder, clock=clock)
        for _ in range(3):
            recorded(log)
            recorded(other)

        assert log.verify().rows == other.verify().rows == 6
        assert log.verify().ok
        other.close()

    def test_many_threads_write_one_chain(self, log: AuditLog) -> None:
        def write() -> None:
            for _ in range(10):
                recorded(log)

        threads = [threading.Thread(target=write) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert (log.verify().ok, log.verify().rows) == (True, 60)

    def test_order_is_kept_by_number_when_the_clock_goes_back(self, log: AuditLog, clock: Clock) -> None:
        recorded(log)
        clock.move(hours=-5)
        recorded(log)

        assert [record.seq for record in log.records()] == [1, 2]
        assert log.verify().ok

    def test_only_the_owner_can_read_the_files(self, log: AuditLog) -> None:
        recorded(log)
        log.anchor()

        assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in log.folder.iterdir()} == {0o600}

    def test_control_characters_and_lone_surrogates_do_not_reach_the_chain(self, log: AuditLog) -> None:
        name = log.append(a_turn("odd \ud800 \x1b[31m"), "one\x1b[2J\ud800", "x", "verbatim", 1)

        assert log.record(name).conversation == "one[2J?"
        assert log.turn_of(log.record(name)) is not None
        assert log.verify().ok


class TestModes:
    def test_metadata_only_keeps_no_words_and_the_chain_holds(self, tmp_path: Path) -> None:
        log = AuditLog(tmp_path / "audit", "metadata")

        name = recorded(log)

        assert log.turn_of(log.record(name)) is None
        assert log.select("SELECT count(*) FROM texts") == [(0,)]
        assert log.verify().ok
        assert all(b"bright" not in content for content in files_of(log).values())
        log.close()

    def test_off_writes_nothing_at_all(self, tmp_path: Path) -> None:
        log = AuditLog(tmp_path / "audit", "off")

        assert recorded(log) == ""
        assert not (tmp_path / "audit").exists()

    def test_another_mode_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="some"):
            AuditLog(tmp_path, "some")
        assert [mode.value for mode in Mode] == ["full", "metadata", "off"]


class TestTheWordsOfACrisis:
    def test_they_are_not_kept_but_class_help_and_kind_of_cue_are(self, log: AuditLog) -> None:
        crisis = a_crisis("I cannot go on, xyzzy.")
        cues = ("pattern: cannot go on, xyzzy", "earlier message: pattern: xyzzy", "classifier: 0.98")
        name = log.append(replace(crisis, safety=replace(crisis.safety, cues=cues)), "one", "", "none", 1)

        turn = log.turn_of(log.record(name))

        assert turn is not None
        assert (turn.question, turn.search_question, turn.answer) == ("", "", crisis.answer)
        assert turn.safety == replace(crisis.safety, cues=("pattern", "earlier message", "classifier: 0.98"))
        assert question_shown(turn) == "(what was written is not kept: a take-over)"
        assert all(b"xyzzy" not in content for content in files_of(log).values())
        assert log.verify().ok

    def test_a_message_that_the_safety_check_could_not_read_is_told_apart_from_an_instruction(self) -> None:
        broken = Triage(load_words(), None)
        broken._legs = None  # type: ignore[assignment]
        screening = broken.screen("what is serotonin")

        assert "safety check failed" in question_shown(replace(a_turn(screening.text), safety=screening.safety))
        assert "an instruction" in question_shown(a_turn(""))

    def test_they_are_kept_where_that_is_asked_for(self, tmp_path: Path) -> None:
        log = AuditLog(tmp_path / "audit", crisis_words=True)

        turn = log.turn_of(log.record(log.append(a_crisis(), "one", "", "none", 1)))

        assert turn is not None
        assert turn.question == a_crisis().question
        log.close()


class TestReporting:
    def test_a_report_is_a_row_of_the_chain_its_note_redacted_and_its_asker_a_pseudonym(self, log: AuditLog) -> None:
        name = recorded(log)

        log.report(name, " The lux is wrong, write to ann@example.org. " + "x" * 3000, "Ms Example")

        [report] = log.about(log.record(name))
        assert (report.event, report.subject, report.asker) == ("report", name, log.record(name).asker)
        assert log.note_of(report).startswith("The lux is wrong, write to [e-mail].")
        assert len(log.note_of(report)) <= 2000
        assert log.verify().ok


class TestRetention:
    def test_words_past_their_time_are_erased_once_a_day_without_a_new_start(
        self, tmp_path: Path, clock: Clock
    ) -> None:
        log = AuditLog(tmp_path / "audit", retention_days=90, clock=clock)
        first = recorded(log)
        clock.move(days=91)
        for _ in range(2):
            recorded(log)
        _wait_for_thread("audit retention")

        assert log.turn_of(log.record(first)) is None
        assert [record.more["reason"] for record in log.records(Selection(events=("tombstone",)))] == [
            "older than 90 days"
        ]
        assert (log.verify().ok, log.verify().texts) == (True, 2)
        log.close()


def _wait_for_thread(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(10)


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE chain SET outcome = 'declined'",
            "DELETE FROM chain",
            "INSERT OR REPLACE INTO chain SELECT * FROM chain WHERE seq = 1",
            "UPDATE texts SET text = ''",
            "INSERT OR REPLACE INTO texts VALUES (1, '00', 'other')",
        ],
    )
    def test_the_database_itself_refuses_changes(self, log: AuditLog, statement: str) -> None:
        recorded(log)
        recorded(log)
        connection = sqlite3.connect(log.folder / "audit.db")

        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
        connection.close()

        assert log.verify().ok


class TestTampering:
    def test_an_untouched_chain_holds(self, log: AuditLog) -> None:
        a_full_chain(log)

        found = log.verify()

        assert (found.ok, found.rows, found.erased, found.broken) == (True, 8, 1, None)
        assert str(found).startswith("The record holds: 8 rows")

    def test_every_column_of_every_row_is_covered(self, log: AuditLog, tmp_path: Path) -> None:
        a_full_chain(log)
        log.close()
        whole = (log.folder / "audit.db").read_bytes()
        uncaught = []
        for seq in range(1, 9):
            for column in COLUMNS:
                (log.folder / "audit.db").write_bytes(whole)
                new = "seq + 100" if column == "seq" else f"coalesce({column}, 0) || '1'"
                altered(log, f"UPDATE chain SET {column} = {new} WHERE seq = {seq}")
                found = log.verify()
                if found.ok or found.broken is None or found.broken.seq != seq:
                    uncaught.append((seq, column, str(found)))

        assert uncaught == []

    def test_a_text_that_was_altered_emptied_or_swapped_is_caught(self, log: AuditLog) -> None:
        a_full_chain(log)
        log.close()
        whole = (log.folder / "audit.db").read_bytes()
        for change in (
            "UPDATE texts SET text = replace(text, 'bright', 'dim') WHERE seq = 1",
            "UPDATE texts SET salt = '00' WHERE seq = 1",
            "UPDATE texts SET salt = 'no hexadecimal' WHERE seq = 1",
            "UPDATE texts SET text = x'ff00' WHERE seq = 1",
            "UPDATE texts SET text = (SELECT text FROM texts WHERE seq = 2) WHERE seq = 1",
        ):
            (log.folder / "audit.db").write_bytes(whole)
            altered(log, change)

            found = log.verify()

            assert found.broken is not None, change
            assert (found.broken.seq, found.broken.why) == (1, "its text is not the text that was recorded"), change
            with pytest.raises(RecordError, match="was changed"):
                log.turn_of(log.records()[0])

    def test_a_text_removed_without_a_tombstone_is_caught(self, log: AuditLog) -> None:
        a_full_chain(log)

        altered(log, "DELETE FROM texts WHERE seq = 2")

        broken = log.verify().broken
        assert broken is not None
        assert (broken.seq, "no tombstone" in broken.why) == (2, True)

    def test_a_text_put_back_after_erasure_or_beside_no_row_is_caught(self, log: AuditLog) -> None:
        name = recorded(log)
        [(salt, text)] = log.select("SELECT salt, text FROM texts")
        log.erase(record=name)
        altered(log, f"INSERT INTO texts VALUES (1, '{salt}', '{text}')")
        returned = log.verify().broken

        altered(log, "DELETE FROM texts", "INSERT INTO texts VALUES (77, '00', 'stray')")
        stray = log.verify().broken

        assert returned is not None
        assert "tombstone says" in returned.why
        assert stray is not None
        assert stray.seq == 77

    @pytest.mark.parametrize("seq", [1, 2, 5, 7])
    def test_a_removed_row_is_caught(self, log: AuditLog, seq: int) -> None:
        a_full_chain(log)

        altered(log, f"DELETE FROM texts WHERE seq = {seq}", f"DELETE FROM chain WHERE seq = {seq}")

        broken = log.verify().broken
        assert broken is not None
        assert broken.seq == seq

    def test_rows_removed_and_renumbered_are_caught(self, log: AuditLog) -> None:
        a_full_chain(log)

        altered(log, "DELETE FROM chain WHERE seq = 3", "UPDATE chain SET seq = seq - 1 WHERE seq > 3")

        broken = log.verify().broken
        assert broken is not None
        assert broken.seq == 3

    def test_two_rows_in_each_other_s_place_are_caught(self, log: AuditLog) -> None:
        a_full_chain(log)

        altered(
            log,
            "UPDATE chain SET seq = 1001 WHERE seq = 2",
            "UPDATE chain SET seq = 2 WHERE seq = 3",
            "UPDATE chain SET seq = 3 WHERE seq = 1001",
        )

        broken = log.verify().broken
        assert broken is not None
        assert broken.seq == 2

    def test_a_row_rewritten_with_a_fitting_hash_breaks_the_row_after_it(self, log: AuditLog) -> None:
        a_full_chain(log)
        row = log.records()[1]
        forged = {name: getattr(row, name) for name in COLUMNS} | {"outcome": "answered"}

        altered(log, f"UPDATE chain SET outcome = 'answered', hash = '{row_hash(forged)}' WHERE seq = 2")

        broken = log.verify().broken
        assert broken is not None
        assert (broken.seq, "row before it" in broken.why) == (3, True)

    def test_a_cut_tail_is_caught_against_the_last_anchor(self, log: AuditLog) -> None:
        a_full_chain(log)
        log.anchor()

        altered(log, "DELETE FROM texts WHERE seq > 6", "DELETE FROM chain WHERE seq > 6")

        broken = log.verify().broken
        assert broken is not None
        assert (broken.seq, "row 8 was anchored" in broken.why) == (7, True)

    def test_a_tail_cut_and_written_anew_is_caught_against_the_last_anchor(self, log: AuditLog) -> None:
        a_full_chain(log)
        log.anchor()
        altered(log, "DELETE FROM texts WHERE seq > 7", "DELETE FROM chain WHERE seq > 7")

        recorded(log, "Another question?")

        broken = log.verify().broken
        assert broken is not None
        assert (broken.seq, "was anchored as" in broken.why) == (8, True)

    def test_a_database_put_in_place_of_the_old_one_is_caught(self, log: AuditLog) -> None:
        a_full_chain(log)
        log.anchor()
        log.close()
        for path in log.folder.glob("audit.db*"):
            path.unlink()

        assert not log.verify().ok
        assert log.verify().rows == 0

    def test_garbage_in_the_file_is_said_to_be_damage(self, log: AuditLog) -> None:
        for _ in range(20):
            recorded(log)
        log.close()
        path = log.folder / "audit.db"
        content = bytearray(path.read_bytes())
        content[4096 * 3 :: 7] = b"\xff" * len(content[4096 * 3 :: 7])
        path.write_bytes(content)

        assert not log.verify().ok

    def test_a_torn_line_in_the_anchors_does_not_hide_the_others(self, log: AuditLog) -> None:
        a_full_chain(log)
        log.anchor()
        with (log.folder / "anchors.jsonl").open("ab") as file:
            file.write(b'{"hash": "ab')
        log.anchor()

        assert log.verify().ok
        assert log.verify().anchors >= 2


class TestAnchors:
    def test_the_head_is_anchored_at_every_start_and_every_thousand_rows(self, log: AuditLog, clock: Clock) -> None:
        for _ in range(1001):
            log.append(a_crisis(), "one", "", "none", 0)
        log.close()
        again = AuditLog(log.folder, clock=clock)

        AuditLog(log.folder, clock=clock).close()  # nothing was added since: nothing to anchor

        assert [anchor.seq for anchor in again.anchors()] == [1000, 1001]
        assert again.head() == f"1001:{again.anchors()[-1].hash}"
        again.close()


class TestErasing:
    @pytest.fixture
    def many(self, log: AuditLog, clock: Clock) -> AuditLog:
        for day in range(30):
            recorded(log, f"Is xyzzy{day:02d} told of the lamp? " + "word " * (day * 60), f"talk {day % 3}")
            clock.move(days=5)
        return log

    def test_old_words_go_and_the_chain_still_holds(self, many: AuditLog) -> None:
        assert many.erase(older_than_days=90) == 12

        found = many.verify()
        assert (found.ok, found.erased, found.texts) == (True, 12, 18)
        assert [many.turn_of(record) is None for record in many.records()] == [True] * 12 + [False] * 18
        assert many.records(Selection(events=("tombstone",)))[0].more["erased"] == [[1, 12]]

    def test_no_erased_word_is_left_in_any_file(self, many: AuditLog) -> None:
        many.erase(conversation="talk 1")

        left = b"".join(files_of(many).values())
        assert [day for day in range(30) if f"xyzzy{day:02d}".encode() in left] == [d for d in range(30) if d % 3 != 1]
        assert many.verify().ok

    def test_a_record_goes_with_what_was_noted_about_it(self, log: AuditLog) -> None:
        name, other = recorded(log), recorded(log, "Still here?")
        log.report(name, "swordfish")
        log.review(name, Review(State.WITHDRAWN, "Dr One", note="swordfish indeed"))

        assert log.erase(record=name) == 3

        assert all(b"swordfish" not in content for content in files_of(log).values())
        assert log.turn_of(log.record(other)) is not None
        assert log.verify().ok

    def test_erasing_again_erases_nothing_and_adds_no_row(self, many: AuditLog) -> None:
        many.erase(conversation="talk 1")
        rows = many.verify().rows

        assert many.erase(conversation="talk 1") == 0
        assert many.verify().rows == rows

    def test_one_reason_must_be_named(self, log: AuditLog) -> None:
        with pytest.raises(RecordError, match="name one"):
            log.erase()
        with pytest.raises(RecordError, match="name one"):
            log.erase(older_than_days=1, conversation="one")

    def test_traces_that_a_reader_keeps_alive_go_at_the_next_start(self, many: AuditLog, clock: Clock) -> None:
        impatient = AuditLog(many.folder, patience=0.1, clock=clock)
        with many.view() as view:
            next(view.rows())
            with pytest.raises(RecordError, match="30 texts were erased, but traces may remain"):
                impatient.erase(older_than_days=0)
        impatient.close()
        many.close()

        again = AuditLog(many.folder, clock=clock)

        assert b"xyzzy" not in b"".join(files_of(again).values())
        assert again.verify().ok
        again.close()


class TestFailing:
    def test_a_folder_that_cannot_be_used_is_said_at_every_append_until_it_can(self, tmp_path: Path) -> None:
        (tmp_path / "audit").write_text("in the way")
        log = AuditLog(tmp_path / "audit")
        with pytest.raises(RecordError, match="cannot be used"):
            recorded(log)

        (tmp_path / "audit").unlink()

        assert recorded(log)
        log.close()

    def test_a_database_that_somebody_holds_is_a_record_error_and_nothing_is_written(self, log: AuditLog) -> None:
        recorded(log)
        impatient = AuditLog(log.folder, patience=0.05)
        holder = sqlite3.connect(log.folder / "audit.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordError, match="locked"):
            recorded(impatient)
        holder.execute("ROLLBACK")
        holder.close()

        assert log.verify().rows == 1
        assert recorded(impatient)
        impatient.close()

    def test_a_database_moved_away_is_not_written_to_any_longer(self, log: AuditLog) -> None:
        recorded(log)
        log.anchor()
        for path in log.folder.glob("audit.db*"):
            path.rename(log.folder / f"moved-{path.name}")

        name = recorded(log, "Where does this go?")

        assert log.record(name).seq == 1
        assert not log.verify().ok

    def test_a_crisis_reply_shown_unrecorded_is_noted_once_the_log_can_be_written(self, log: AuditLog) -> None:
        recorded(log)
        log.append_gap(a_crisis(), "two", "Mr Other", "none", "disk full")

        assert log.write_gaps() == 1
        assert log.write_gaps() == 0

        gap = log.records()[-1]
        assert (gap.event, gap.safety, gap.more["reason"]) == ("gap", "self_harm", "disk full")
        turn = log.turn_of(gap)
        assert turn is not None
        assert (turn.question, turn.answer) == ("", a_crisis().answer)

    def test_help_does_not_wait_for_another_writer(self, log: AuditLog) -> None:
        with ThreadPoolExecutor() as pool, log._chain.writing():
            asked = pool.submit(log.append, a_crisis(), "one", "Ms Example", "none", 1)
            with pytest.raises(RecordError, match="just now"):
                asked.result(60)

        assert log.verify().rows == 0

    def test_a_gap_is_noted_while_others_wait_to_be_written(self, log: AuditLog) -> None:
        with ThreadPoolExecutor() as pool, log._chain.writing():
            log.append_gap(a_crisis(), "one", "", "none", "disk full")
            pool.submit(log.write_gaps)
            while log._gaps and not log._gaps_lock.locked():
                time.sleep(0.01)
            pool.submit(log.append_gap, a_crisis(), "two", "", "none", "disk full").result(60)
        log.write_gaps()
        _wait_for_thread("audit gaps")

        assert sorted(record.conversation for record in log.records()) == ["one", "two"]

    def test_gaps_that_cannot_be_written_are_kept_and_none_is_written_twice(self, log: AuditLog) -> None:
        recorded(log, conversation="zero")
        impatient = AuditLog(log.folder, patience=0.05)
        holder = sqlite3.connect(log.folder / "audit.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        for name in ("one", "two"):
            impatient.append_gap(a_crisis(), name, "", "none", "disk full")
        with contextlib.suppress(RecordError):
            impatient.write_gaps()
        holder.execute("ROLLBACK")
        holder.close()
        while len(log.records()) < 3:
            impatient.write_gaps()
        _wait_for_thread("audit gaps")

        assert sorted(record.conversation for record in log.records()) == ["one", "two", "zero"]
        impatient.close()

    def test_a_gap_is_written_without_anybody_asking(self, log: AuditLog) -> None:
        log.append_gap(a_crisis(), "two", "", "none", "disk full")
        _wait_for_thread("audit gaps")

        assert [record.event for record in log.records()] == ["gap"]


class TestSelecting:
    def test_each_filter_selects(self, log: AuditLog, clock: Clock) -> None:
        first = recorded(log)
        clock.move(days=1)
        refused = log.append(a_refusal(), "two", "", "verbatim", 1)
        crisis = log.append(a_crisis(), "three", "", "none", 1)
        weak = log.append(a_turn("Weak?", support=0.6), "four", "", "verbatim", 1)
        log.review(first, Review(State.ESCALATED, "Dr One"))
        log.review(first, Review(State.ACCEPTED, "Dr Two"))
        log.report(weak)

        def found(**names: object) -> list[str]:
            return [record.hash for record in log.records(Selection(**names))]  # type: ignore[arg-type]

        assert found() == [first, refused, crisis, weak]
        assert found(newest_first=True, limit=2) == [weak, crisis]
        assert found(since="2026-11-03") == [refused, crisis, weak]
        assert found(until="2026-11-03") == [first]
        assert found(outcome="abstained") == [refused]
        assert found(safety="self_harm") == found(level="takeover") == [crisis]
        assert found(document="lamps") == [first, weak]
        assert found(document="lamp") == []
        assert found(conversation="two") == [refused]
        assert found(support_below=0.7) == found(reported=True) == [weak]
        assert found(state="accepted") == found(reviewer="Dr One") == [first]
        assert found(state="escalated") == []
        assert found(state="unreviewed") == [refused, crisis, weak]
        assert [r.event for r in log.records(Selection(events=("report", "review")))] == ["review", "review", "report"]


WRITER = """
import sys
from pathlib import Path
from assistant.audit import AuditLog
from tests.recorded_turns import a_turn
log = AuditLog(Path(sys.argv[1]))
while True:
    print(log.append(a_turn(), sys.argv[2], "", "verbatim", 1.0), flush=True)
    if len(sys.argv) > 3:
        log.erase(conversation=sys.argv[2])
"""


class TestKilling:
    @pytest.mark.parametrize("erases", [False, True])
    def test_no_acknowledged_row_is_lost_and_the_chain_is_one(self, tmp_path: Path, erases: bool) -> None:
        acknowledged: list[str] = []
        for _ in range(4):
            writers = [
                subprocess.Popen(
                    [
                        sys.executable,
                        "-c",
                        WRITER,
                        str(tmp_path),
                        f"talk {n}",
                        *(["erase"] if erases and n == 0 else []),
                    ],
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=Path(__file__).parents[1],
                )
                for n in range(3)
            ]
            for writer in writers:
                assert writer.stdout is not None
                acknowledged.append(writer.stdout.readline().strip())
            for writer in writers:
                writer.kill()
            for writer in writers:
                # What a pipe still holds was acknowledged; its last line may be cut short.
                acknowledged += [line for line in writer.communicate()[0].split("\n")[:-1] if len(line) == 64]

        log = AuditLog(tmp_path)

        assert str(log.verify()).startswith("The record holds")
        kept = {record.hash for record in log.records()}
        assert [name for name in acknowledged if name not in kept] == []
        assert len(acknowledged) >= 12
        log.close()

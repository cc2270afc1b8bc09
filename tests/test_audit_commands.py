from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answers import Turn
from assistant.audit import AuditLog
from assistant.record import Review, State
from assistant.versions import Library
from corpus.errors import RecordError
from tests.recorded_turns import a_document, a_refusal, a_turn
from ui.audit_commands import Needs, add_commands, run_command


@pytest.fixture
def state(tmp_path: Path) -> Path:
    log = AuditLog(tmp_path / "audit")
    name = log.append(a_turn(), "one", "", "verbatim", 1)
    log.append(a_refusal("=What\x1b[31m does it cost?"), "two", "", "verbatim", 1)
    log.review(name, Review(State.ACCEPTED, "Dr One"))
    log.close()
    return tmp_path


def run(state: Path, *words: object, answer: str = a_turn().answer, record: str = "full") -> int:
    def ask(question: str, earlier: list[str], drafted: bool) -> Turn:
        return replace(a_turn(question), answer=answer)

    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    needs = Needs(state, 90, lambda: Library(state / "versions", [a_document()]), lambda: ask, record)
    return run_command(parser.parse_args(["audit", *map(str, words)]), needs)


def tampered(state: Path) -> None:
    log = AuditLog(state / "audit")
    with log._chain.writing() as writer:
        writer.connection.execute("DROP TRIGGER chain_is_never_changed")
        writer.connection.execute("UPDATE chain SET engine = 'other' WHERE seq = 2")
    log.close()


class TestVerify:
    def test_it_passes_where_all_holds(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(state, "verify") == 0
        assert capsys.readouterr().out.startswith("The record holds: 3 rows")

    def test_it_names_the_first_broken_row(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        tampered(state)

        assert run(state, "verify") == 1
        assert "does not hold: row 2:" in capsys.readouterr().out

    def test_an_export_is_verified_without_the_database(self, state: Path, tmp_path: Path) -> None:
        export = tmp_path / "audit.jsonl"
        assert run(state, "export", "--out", export) == 0
        head = AuditLog(state / "audit").head()

        assert run(tmp_path / "elsewhere", "verify", export, "--head", head) == 0
        assert run(tmp_path / "elsewhere", "verify", export, "--head", f"3:{'0' * 64}") == 1
        export.write_text(export.read_text().replace("verbatim", "freehand"))
        assert run(tmp_path / "elsewhere", "verify", export) == 1

    def test_no_record_at_all_is_not_a_record_that_holds(self, tmp_path: Path) -> None:
        with pytest.raises(RecordError, match="There is no audit record"):
            run(tmp_path, "verify")
        assert list(tmp_path.iterdir()) == []


class TestList:
    def test_the_newest_come_first_without_control_characters(
        self, state: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(state, "list")
        lines = capsys.readouterr().out.splitlines()

        assert ["abstained" in lines[0], "answered" in lines[1], len(lines)] == [True, True, 2]
        assert "\x1b" not in lines[0]

    def test_filters_and_json(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(state, "list", "--state", "accepted", "--json")

        [line] = capsys.readouterr().out.splitlines()
        assert json.loads(line)["turn"]["question"] == "How bright is the lamp?"

    def test_the_queue_says_why(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(state, "list", "--queue")

        assert "[sample]" in capsys.readouterr().out

    def test_what_is_no_date_or_no_state_is_wrong_usage(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for words in (["--since", "yesterday"], ["--state", "acepted"], ["--outcome", "anwered"]):
            with pytest.raises(SystemExit):
                run(state, "list", *words)
        assert "no date such as 2026-11-01" in capsys.readouterr().err


class TestShow:
    def test_an_answer_with_its_claims_sources_and_reviews(
        self, state: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Library(state / "versions", [a_document()]).keep()
        name = AuditLog(state / "audit").records()[0].hash

        assert run(state, "show", name[:10]) == 0

        told = capsys.readouterr().out
        for part in (name, "Question: How bright", f"[1] lamps {a_document().version}", "accepted by Dr One"):
            assert part in told
        assert "Withheld (not supported): The lamp cures winter." in told
        assert "Every quote stands" in told

    def test_a_quote_that_does_not_stand_is_said_when_shown_and_when_exported(
        self, state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Library(state / "versions", [a_document()]).keep()
        turn = a_turn()
        forged = replace(turn, citations=(replace(turn.citations[0], quote="A lamp of 1 lux."),))
        name = AuditLog(state / "audit").append(forged, "three", "", "verbatim", 1)

        assert run(state, "show", name) == 1
        assert run(state, "export", "--out", tmp_path / "a.jsonl") == 1
        assert run(state, "export", "--out", tmp_path / "a.csv") == 1
        assert capsys.readouterr().out.count("does not stand in the stored text") == 3

    def test_nothing_shown_can_command_a_terminal(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(state, "show", AuditLog(state / "audit").records()[1].hash)

        assert "\x1b" not in capsys.readouterr().out


class TestReview:
    def test_a_review_is_signed_into_the_chain(self, state: Path) -> None:
        log = AuditLog(state / "audit")
        name = log.records()[0].hash
        words = ("--verdicts", "does not", "--potential-for-harm", "2", "--note", "see row 1")

        assert run(state, "review", name[:8], "--state", "escalated", "--reviewer", "Dr Two", *words) == 0

        review = log.about(log.record(name))[-1]
        assert (review.state, review.reviewer, log.note_of(review)) == ("escalated", "Dr Two", "see row 1")
        assert review.more == {"verdicts": ["does not"], "scales": {"potential for harm": 2}}
        assert run(state, "verify") == 0

    def test_too_few_verdicts_and_unknown_ones_are_refused(self, state: Path) -> None:
        name = AuditLog(state / "audit").records()[0].hash
        for verdicts, why in (("supports,partly", "has 1 claims, and 2"), ("maybe", "no verdict 'maybe'")):
            with pytest.raises(RecordError, match=why):
                run(state, "review", name, "--state", "accepted", "--reviewer", "Dr Two", "--verdicts", verdicts)

    def test_two_reviewers_agreement_stands_under_the_queue(
        self, state: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        name = AuditLog(state / "audit").records()[0].hash
        for who in ("Dr Two", "Dr Three"):
            run(state, "review", name, "--state", "accepted", "--reviewer", who, "--verdicts", "supports")

        run(state, "list", "--queue")

        assert "1 claim judged twice, 100% alike, Cohen's kappa not defined" in capsys.readouterr().out


class TestReport:
    def test_a_report_brings_the_answer_to_the_head_of_the_queue(
        self, state: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        name = AuditLog(state / "audit").records()[0].hash

        assert run(state, "report", name[:8], "--note", "the lux is wrong", "--asker", "Ms Example") == 0
        run(state, "list", "--queue")

        assert "[reported] How bright is the lamp?" in capsys.readouterr().out.splitlines()[1]

    def test_where_no_words_are_recorded_its_note_is_not_kept_either(self, state: Path) -> None:
        log = AuditLog(state / "audit")
        name = log.records()[0].hash

        run(state, "report", name, "--note", "swordfish", record="metadata")

        assert log.note_of(log.about(log.record(name))[-1]) == ""


class TestExport:
    def test_a_table_and_a_page(self, state: Path, tmp_path: Path) -> None:
        name = AuditLog(state / "audit").records()[0].hash

        assert run(state, "export", "--out", tmp_path / "a.csv") == 0
        assert run(state, "export", "--out", tmp_path / "a.html", "--record", name[:10]) == 0
        assert run(state, "export", "--out", tmp_path / "b.html", "--conversation", "two") == 0

        assert "'=What" in (tmp_path / "a.csv").read_text()
        assert name in (tmp_path / "a.html").read_text()

    def test_what_cannot_be_exported_is_said(self, state: Path, tmp_path: Path) -> None:
        for words in (["a.pdf"], ["a.html"], ["a.html", "--record", "x", "--conversation", "y"]):
            with pytest.raises(RecordError, match=r"use \.jsonl"):
                run(state, "export", "--out", *words)

    def test_a_record_that_does_not_hold_is_not_exported(self, state: Path, tmp_path: Path) -> None:
        tampered(state)

        with pytest.raises(RecordError, match="Nothing was exported"):
            run(state, "export", "--out", tmp_path / "a.jsonl")
        assert not (tmp_path / "a.jsonl").exists()


class TestReplay:
    def test_the_accepted_answers_are_asked_again(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(state, "replay", "--accepted") == 0
        assert run(state, "replay", "--accepted", answer="Another.") == 1

        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "1 of 1 accepted answers unchanged, 0 differ."
        assert lines[-1] == "0 of 1 accepted answers unchanged, 1 differ (1 of them although nothing changed)."
        assert "  + answer: Another." in lines

    def test_nothing_to_ask_is_said(self, state: Path) -> None:
        with pytest.raises(RecordError, match="No recorded answer fits"):
            run(state, "replay", "--since", "2999-01-01")


class TestErase:
    def test_nothing_is_erased_without_a_yes(self, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(RecordError, match="add --yes"):
            run(state, "erase", "--conversation", "one")
        monkeypatch.setattr("sys.stdin", _Terminal())
        monkeypatch.setattr("builtins.input", lambda prompt: "n")
        assert run(state, "erase", "--conversation", "one") == 1

        assert AuditLog(state / "audit").verify().texts == 2

    def test_a_conversation_is_erased(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(state, "erase", "--conversation", "one", "--yes") == 0
        assert run(state, "erase", "--expired", "--yes") == 0
        assert run(state, "verify") == 0

        lines = capsys.readouterr().out.splitlines()
        assert [line.split(" Head")[0] for line in lines[:2]] == ["1 texts erased.", "0 texts erased."]


class _Terminal:
    def isatty(self) -> bool:
        return True

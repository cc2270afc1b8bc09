"""The commands around the question bank: what they find wrong, what they count, what they propose."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import bank_work
from assistant.answers import Level, Safety
from assistant.audit import AuditLog
from corpus.errors import CorpusError
from corpus.loading import load
from tests.recorded_turns import a_crisis, a_refusal, a_turn
from ui.cli import main

LIGHT = {"section": "What helps", "unit": "Light:", "questions": ["Can light move my rhythm?"]}
LAMP = {"section": "What helps", "unit": None, "near": "Light:", "questions": ["Which lamp?"], "missing": "lamp"}
LIST = {"section": "What helps", "unit": "*list*", "questions": ["What helps?"]}


def bank(folder: Path, *rows: dict[str, Any], name: str = "sleep") -> None:
    (folder / f"{name}.questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def run(folder: Path, tmp_path: Path, *words: str) -> int:
    return main(["bank", *words, "--corpus", str(folder), "--state", str(tmp_path / "state")])


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    log = AuditLog(tmp_path / "state" / "audit")
    log.append(a_refusal("How much is the lamp?"), "one", "", "verbatim", 1)
    log.append(a_refusal("how much is the LAMP"), "two", "", "verbatim", 1)
    log.append(a_refusal("Which lamp?"), "three", "", "verbatim", 1)
    log.report(log.append(a_turn("How bright is it?"), "four", "", "verbatim", 1), "wrong")
    log.append(a_crisis("I cannot go on."), "five", "", "verbatim", 1)
    log.append(a_turn("What is the lamp for?"), "six", "", "verbatim", 1)
    log.close()
    return tmp_path


class TestCheck:
    def test_a_sound_bank_has_no_problems(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bank(folder, LIGHT, LAMP)

        assert run(folder, tmp_path, "check") == 0
        assert capsys.readouterr().out == "The bank has no problems.\n"

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            ([{**LIGHT, "unit": "Darkness:"}], "begins with 'Darkness:'"),
            ([LIGHT, {**LAMP, "questions": ["can LIGHT move my rhythm"]}], "on both sides"),
            ([LIGHT, LIGHT], "asked twice"),
        ],
    )
    def test_each_question_that_cannot_be_used_is_named(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[dict[str, Any]], told: str
    ) -> None:
        bank(folder, *rows)

        assert run(folder, tmp_path, "check") == 1
        assert told in capsys.readouterr().out

    def test_a_bank_beside_no_document_is_a_problem(self, folder: Path) -> None:
        bank(folder, LIGHT, name="sleeep")

        assert bank_work.bank_problems([folder]) == (
            "sleeep.questions.jsonl: no document called sleeep lies beside it, so it is not read.",
        )

    def test_the_shipped_bank_has_no_problems(self) -> None:
        assert bank_work.bank_problems([]) == ()

    def test_a_file_that_is_no_bank_at_all_is_one_line_on_standard_error(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "sleep.questions.jsonl").write_text("questions")

        assert run(folder, tmp_path, "check") == 1
        assert "is not JSON" in capsys.readouterr().err


class TestStats:
    def test_units_and_questions_are_counted_by_section(self, folder: Path) -> None:
        bank(folder, LIGHT, LAMP)

        rows = {row.section: row for row in bank_work.stats(load([folder]))}

        assert (rows["What helps"].answered, rows["What helps"].near) == (1, 1)
        assert rows["What helps"].without == rows["What helps"].units - 1
        assert rows["all sections"].units == sum(r.units for name, r in rows.items() if name != "all sections")

    def test_a_question_for_the_whole_list_counts_for_its_entries(self, folder: Path) -> None:
        before = bank_work.stats(load([folder]))[-1].without
        bank(folder, LIST)

        assert bank_work.stats(load([folder]))[-1].without == before - 3

    def test_a_near_miss_beside_no_unit_is_counted_apart(self, folder: Path) -> None:
        bank(folder, {**LAMP, "near": ""})

        rows = {row.section: row for row in bank_work.stats(load([folder]))}
        assert (rows["(no unit)"].units, rows["(no unit)"].near) == (0, 1)

    def test_the_command_prints_a_row_for_each_section(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bank(folder, LIGHT)

        assert run(folder, tmp_path, "stats") == 0
        out = capsys.readouterr().out
        assert ["Sleep and the clinic" in out, "What helps" in out, "all sections" in out] == [True] * 3


class TestPropose:
    def test_what_was_written_under_a_help_card_is_left_out(self, recorded: Path) -> None:
        log = AuditLog(recorded / "state" / "audit")
        carded = replace(a_refusal("Why go on with the lamp?"), safety=Safety("crisis_oblique", Level.CARD))
        log.report(log.append(carded, "seven", "", "verbatim", 1), "wrong")
        log.close()

        asked = [entry.turn.question for entry in bank_work.recorded_questions(recorded / "state")]
        assert "How much is the lamp?" in asked
        assert carded.question not in asked

    def test_without_a_record_it_lists_the_units_without_questions(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bank(folder, LIGHT)

        assert run(folder, tmp_path, "propose") == 0
        told = capsys.readouterr()
        rows = lines(told.out)
        assert {row["why"] for row in rows} == {"no question yet"}
        assert not any(row["unit"].startswith("Light:") for row in rows)
        assert "There is no audit record" in told.err
        assert not (tmp_path / "state" / "audit").exists()

    def test_a_filled_in_proposal_is_a_row_of_the_bank(self, folder: Path) -> None:
        rows = bank_work.proposals(load([folder]))
        filled = [{**row, "questions": [f"Question {n}?"]} for n, row in enumerate(rows)]
        bank(folder, *filled)
        corpus = load([folder])

        assert corpus.bank.problems == ()
        assert bank_work.stats(corpus)[-1].without == 0

    def test_refused_and_reported_questions_of_the_record_are_proposed_once(self, folder: Path, recorded: Path) -> None:
        bank(folder, LIGHT, LAMP)
        found = bank_work.proposals(load([folder]), bank_work.recorded_questions(recorded / "state"))

        told = {row["questions"][0]: row for row in found if row["questions"]}
        assert {text: row["why"] for text, row in told.items()} == {
            "How bright is it?": "reported",
            "how much is the LAMP": "refused",
        }
        assert all(len(row["record"]) == 64 for row in told.values())

    def test_a_refused_question_comes_beside_the_unit_that_was_nearest(self, folder: Path) -> None:
        corpus = load([folder])
        light = next(p for p in corpus.passages if p.text.startswith("Light:"))
        turn = a_refusal("What does a lamp cost?").to_json()
        turn["refusal"]["nearest"][0]["passage_id"] = light.id
        entry = bank_work.Recorded("refused", "f" * 64, type(a_turn()).from_json(turn))

        row = bank_work.proposals(corpus, [entry])[-1]

        assert (row["section"], row["unit"]) == ("What helps", None)
        assert light.text.startswith(row["near"])
        assert row["near"]

    def test_it_writes_a_file(self, folder: Path, recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
        out = recorded / "proposals.jsonl"

        assert run(folder, recorded, "propose", "--out", str(out)) == 0
        rows = lines(out.read_text(encoding="utf-8"))
        assert capsys.readouterr().out == f"{out}: {len(rows)} proposals.\n"
        assert any(row["why"] == "reported" for row in rows)

    def test_erased_words_are_not_proposed(self, folder: Path, recorded: Path) -> None:
        log = AuditLog(recorded / "state" / "audit")
        for conversation in ("one", "two", "three", "four"):
            log.erase(conversation=conversation)
        log.close()

        assert list(bank_work.recorded_questions(recorded / "state")) == []

    def test_a_corpus_that_is_not_there_is_told_in_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="does not exist"):
            bank_work.corpus_in([tmp_path / "nowhere"])

"""Help stands above everything: every block that triage can show, and where no assistant can be opened."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.answers import Level, Outcome, Turn
from assistant.legs import Found
from assistant.safety import load_words
from assistant.triage import Triage
from tests.fakes_assistant import Sure
from ui.answer_text import help_texts, is_help, notices
from ui.cli import main
from ui.terminal import Paper, write_turn

WORDS = load_words()
TRIAGE = Triage(WORDS, None)


class TestEveryBlockOfHelp:
    @pytest.mark.parametrize("message", ["blue walls", "paredes azules, no puedo más"], ids=["English", "Spanish"])
    @pytest.mark.parametrize("class_", [c.id for c in WORDS.classes if c.level.rank >= Level.CARD.rank])
    def test_stands_above_the_answer(self, class_: str, message: str) -> None:
        shown = TRIAGE._help((Found(class_, Level.CARD, ()),), TRIAGE._legs.read(message, ()))

        assert shown
        assert [notice.kind for notice in shown if not is_help(notice)] == []

    def test_of_two_classes_does_so_too(self) -> None:
        every = [Found(c.id, Level.CARD, ()) for c in WORDS.classes if c.block]
        for one in every:
            for other in every:
                for notice in TRIAGE._help((one, other), TRIAGE._legs.read("blue walls", ())):
                    assert is_help(notice) or notice.kind == "note"

    @pytest.mark.parametrize(
        ("triage", "message"),
        [
            (TRIAGE, "my chest pain is spreading to my arm and i cant breathe, help"),
            (Triage(WORDS, Sure("question")), "my daughter drank bleach"),
        ],
    )
    def test_is_the_first_thing_on_the_terminal(self, triage: Triage, message: str) -> None:
        screening, out = triage.screen(message), io.StringIO()
        turn = Turn(message, message, Outcome.ABSTAINED, screening.safety, "Nothing.", notices=screening.notices)

        write_turn(Paper(out), turn)

        assert help_texts(turn)
        assert not set(help_texts(turn)) & set(notices(turn))
        assert out.getvalue().startswith("┃ ")


class TestWithoutAnAssistant:
    def asked(self, tmp_path: Path, *words: str) -> int:
        return main([*words, "--corpus", str(tmp_path / "nowhere"), "--state", str(tmp_path)])

    def test_a_message_in_danger_gets_its_help_and_then_the_error(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.asked(tmp_path, "ask", "I want to kill myself") == 1

        told = capsys.readouterr()
        assert told.out.startswith(f"┃ {WORDS.block('crisis')[:40]}")
        assert "nowhere" in told.err

    @pytest.mark.parametrize("words", [["ask", "what helps?"], ["chat"]], ids=" ".join)
    def test_any_other_gets_the_standing_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
    ) -> None:
        assert self.asked(tmp_path, *words) == 1

        assert capsys.readouterr().out.startswith(f"┃ {WORDS.block('help')[:40]}")

    def test_help_is_not_mixed_into_json(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.asked(tmp_path, "ask", "--json", "I want to kill myself") == 1

        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("┃ ")

    def test_bytes_of_another_encoding_on_standard_input_are_read_as_far_as_they_can_be(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "ui.cli", "ask", "-", "--corpus", str(tmp_path / "nowhere")]
        root = Path(__file__).parents[1]

        done = subprocess.run(command, input=b"I want to kill myself, \xe9", capture_output=True, cwd=root, timeout=300)

        assert done.stdout.decode().startswith(f"┃ {WORDS.block('crisis')[:40]}")
        assert b"Traceback" not in done.stderr

"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.answers import Turn
from assistant.errors import ExpectedError
from tests.fakes import EXAMPLES, ODD, scripted_assistant
from tests.fakes_assistant import FakeSupport, assistant_over
from ui.batch import answer_batch, read_batch
from ui.chat_terminal import chat
from ui.cli import main, parser
from ui.terminal import Paper, write_document, write_turn

ROOT = Path(__file__).parents[1]
SENTENCE = "Dr. Hall reports that CBT-I helps about 70-80% of people (Hall 2020)."


def sourcebound(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, **options)  # type: ignore[call-overload,no-any-return]


def written(turn: Turn) -> str:
    out = io.StringIO()
    write_turn(Paper(out), turn)
    return " ".join(out.getvalue().split())


class TestUsage:
    def test_the_help_names_every_command_and_shows_examples(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as end:
            main(["--help"])

        assert end.value.code == 0
        told = capsys.readouterr().out
        assert "examples:" in told
        for command in ("index", "ask", "chat", "sources", "settings", "safety", "ui", "audit"):
            assert f"\n    {command} " in told

    @pytest.mark.parametrize(
        "arguments",
        [[], ["asks"], ["ask"], ["ask", "why?", "--batch", "f"], ["ask", "why?", "--out", "f"], ["ui", "--port", "x"]],
        ids=" ".join,
    )
    def test_wrong_usage_ends_with_2(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as end:
            main(arguments)

        assert end.value.code == 2
        assert "usage" in capsys.readouterr().err

    def test_the_corpus_may_stand_before_and_after_the_command(self) -> None:
        told = parser().parse_args(["--corpus", "a", "ask", "why?", "--corpus", "b", "--state", "s"])

        assert [*told.corpus_before, *told.corpus_after] == [Path("a"), Path("b")]
        assert told.state_after == Path("s")

    def test_nothing_heavy_is_imported_for_the_help(self) -> None:
        code = (
            "import sys, ui.cli\n"
            "try: ui.cli.main(['--help'])\n"
            "except SystemExit: pass\n"
            "print([m for m in ('numpy', 'rich', 'streamlit', 'chromadb', 'assistant.bootstrap') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)

        assert done.stdout.splitlines()[-1] == "[]"


class TestAnError:
    def test_that_can_be_mended_is_one_line_and_ends_with_1(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = main(["ask", "why?", "--corpus", str(tmp_path / "nowhere"), "--state", str(tmp_path)])

        [line] = capsys.readouterr().err.splitlines()
        assert code == 1
        assert line.startswith("sourcebound: ")
        assert "nowhere" in line

    def test_in_a_setting_is_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "sourcebound.toml").write_text('record = "sometimes"')

        done = sourcebound("settings", "--state", str(tmp_path))

        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "sometimes" in done.stderr

    def test_a_reader_that_closes_the_pipe_is_no_error(self, tmp_path: Path) -> None:
        done = subprocess.run(
            f"{sys.executable} -m ui.cli safety | head -1; exit ${{PIPESTATUS[0]}}",
            shell=True, executable="/bin/bash", capture_output=True, text=True, cwd=ROOT, timeout=120,
        )  # fmt: skip

        assert done.returncode == 0
        assert done.stderr == ""


class TestSettings:
    def test_tell_where_each_value_comes_from(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOURCEBOUND_REGION", "UK")
        (tmp_path / "sourcebound.toml").write_text("retention_days = 30")

        assert main(["settings", "--state", str(tmp_path)]) == 0

        rows = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line[0] != " "}
        assert rows["region"][1:] == ["UK", "SOURCEBOUND_REGION"]
        assert rows["retention_days"][1] == "30"
        assert rows["state"][2:] == ["command", "line"]
        assert rows["encoder"][2] == "default"


class TestSafety:
    def test_prints_every_class_block_and_helpline(self, capsys: pytest.CaptureFixture[str]) -> None:
        from assistant.safety import load_words

        assert main(["safety"]) == 0

        told = " ".join(capsys.readouterr().out.split())
        words = load_words()
        for known in words.classes:
            assert known.id in told
            assert " ".join(known.title.split()) in told
        for block in words.blocks.values():
            assert " ".join(block.text.split()) in told
        for line in words.helplines:
            assert " ".join(line.words.split()) in told


class TestATurnOnTheTerminal:
    def test_shows_answer_citation_and_suggestion(self, folder: Path) -> None:
        told = written(scripted_assistant(folder).ask("Does it help?"))

        assert f"The article states: {SENTENCE} [1]" in told
        assert "[1] Sleep and the clinic › What helps (version " in told
        assert "Searched as: How many people does CBT-I help?" in told
        assert f"? {EXAMPLES[1]}" in told

    def test_shows_why_nothing_is_answered_and_what_is_near(self, folder: Path) -> None:
        told = written(scripted_assistant(folder).ask("What dose?"))

        assert "Not in the documents" in told
        assert "Why: Support 0.12, needed 0.50." in told
        assert "“Tablets were not studied.”" in told

    def test_begins_with_help_when_somebody_is_in_danger(self, folder: Path) -> None:
        told = written(scripted_assistant(folder).ask("I want to die"))

        assert told.startswith("┃ ")
        assert "988" in told

    def test_holds_no_control_characters_of_somebody_elses(self, folder: Path) -> None:
        told = written(scripted_assistant(folder).ask("odd \x1b[31mred\x07"))

        assert "\x1b" not in told
        assert "\x07" not in told
        assert ODD in told

    def test_a_document_is_shown_with_numbered_passages(self, folder: Path) -> None:
        assistant = scripted_assistant(folder)
        out = io.StringIO()

        write_document(Paper(out), assistant, assistant.corpus.documents[0])

        assert "   1  Insomnia is trouble falling or staying asleep." in out.getvalue()
        assert "Sleep and the clinic › What helps" in out.getvalue()


class TestChat:
    def said(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *messages: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(messages) + "\n"))
        out = io.StringIO()
        chat(scripted_assistant(folder), Paper(out))
        return " ".join(out.getvalue().split())

    def test_answers_and_opens_a_source(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = self.said(folder, monkeypatch, "Does it help?", "/1", "/2", "/quit", "never read")

        assert f"{SENTENCE} Tablets were not studied." in told
        assert "no citation 2" in told
        assert told.count("The article states") == 1

    def test_shows_help_and_sources(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = self.said(folder, monkeypatch, "/help", "/sources", "/what")

        assert "┃ " in told
        assert "Sleep and the clinic" in told
        assert "/what is not a command" in told

    def test_goes_on_after_an_error(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = self.said(folder, monkeypatch, "This stays unwritten", "Does it help?")

        assert "the disk is full" in told
        assert SENTENCE in told


class TestABatch:
    def test_answers_the_last_message_of_each_conversation(self, folder: Path, tmp_path: Path) -> None:
        file = tmp_path / "batch.jsonl"
        rows = [{"id": "a", "turns": ["What dose?", "Does it help?"], "kind": "extra"}, {"id": 2, "turns": ["dose?"]}]
        file.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
        out = tmp_path / "out.jsonl"

        answer_batch(scripted_assistant(folder), read_batch(file), out)

        found = [json.loads(line) for line in out.read_text().splitlines()]
        assert [row["id"] for row in found] == ["a", "2"]
        assert [row["turn"]["question"] for row in found] == ["Does it help?", "dose?"]
        assert [row["turn"]["outcome"] for row in found] == ["answered", "abstained"]

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("{", "not JSON"),
            ("[]", "id or turns is missing"),
            ('{"id": "b"}', "id or turns is missing"),
            ('{"id": "b", "turns": []}', "at least one text"),
            ('{"id": "b", "turns": "why?"}', "at least one text"),
            ('{"id": "b", "turns": [1]}', "at least one text"),
            ('{"id": "a", "turns": ["why?"]}', "there twice"),
        ],
    )
    def test_names_the_line_that_is_wrong_before_anything_is_asked(self, line: str, said: str, tmp_path: Path) -> None:
        file = tmp_path / "batch.jsonl"
        file.write_text('{"id": "a", "turns": ["why?"]}\n' + line + "\n")

        with pytest.raises(ExpectedError, match="line 2") as error:
            read_batch(file)

        assert said in str(error.value)

    def test_half_a_character_in_a_message_or_an_id_stops_nothing(
        self, folder: Path, tmp_path: Path, state: Path
    ) -> None:
        out = tmp_path / "out.jsonl"
        (tmp_path / "in.jsonl").write_text('{"id": "a \\ud83d", "turns": ["Is insomnia listed? \\ud83d"]}')

        answer_batch(assistant_over(folder, state, support=FakeSupport()), read_batch(tmp_path / "in.jsonl"), out)

        [row] = map(json.loads, out.read_text(encoding="utf-8").splitlines())
        assert (row["id"], row["turn"]["question"]) == ("a \ud83d", "Is insomnia listed? ")

    def test_says_which_file_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(ExpectedError, match=r"gone\.jsonl"):
            read_batch(tmp_path / "gone.jsonl")


class TestTheWholeProgram:
    def test_asks_a_corpus_of_ones_own_and_prints_the_contract(self, folder: Path, tmp_path: Path) -> None:
        import jsonschema

        done = sourcebound(
            "ask", "--json", "What is insomnia?", "--corpus", str(folder), "--state", str(tmp_path / "s")
        )

        assert done.returncode == 0, done.stderr
        turn = json.loads(done.stdout)
        jsonschema.validate(turn, json.loads((ROOT / "tests/data/answer.schema.json").read_text()))
        [citation] = Turn.from_json(turn).citations
        assert citation.quote == "Insomnia is trouble falling or staying asleep."

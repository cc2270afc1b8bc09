"""How a model is set up: from settings and the command line, with what is missing or forbidden said in words."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant.bootstrap import open_drafting
from assistant.claim_model import ClaimModel
from assistant.settings import load_settings
from corpus.errors import ModelError
from corpus.loading import load
from tests.fakes_drafting import LIGHT
from tests.fakes_http import drafting, serving
from ui.cli import main

QUESTION = "By how much can morning light shift the body clock?"
needs_openai = pytest.mark.skipif(find_spec("langchain_openai") is None, reason="needs the extra `openai`")


class TestOpening:
    def test_without_a_model_is_no_fault_and_says_what_to_set(self, folder: Path, tmp_path: Path) -> None:
        parts, why = open_drafting(load_settings({}, state=tmp_path), load([folder]))

        assert parts is None
        assert "Set model" in why

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"model": "openai:gpt"}, "allow_remote_models"),
            ({"model": "openai:gpt", "model_url": "https://llm.example.org/v1"}, "llm.example.org"),
            ({"model": "openai:gpt", "model_url": "http://me:pw-canary@127.0.0.1/v1"}, "key_file"),
            ({"model": "nobody:x"}, "PROVIDER:NAME"),
        ],
    )
    def test_what_is_forbidden_or_wrong_leaves_verbatim_answers_and_is_explained(
        self, folder: Path, tmp_path: Path, given: dict[str, str], words: str
    ) -> None:
        parts, why = open_drafting(load_settings({}, state=tmp_path, **given), load([folder]))

        assert parts is None
        assert words in why
        assert "pw-canary" not in why

    def test_a_key_file_that_others_can_read_is_refused(self, folder: Path, tmp_path: Path) -> None:
        key = tmp_path / "key"
        key.write_text("sk-canary")
        key.chmod(0o644)
        given = {"model": "openai:x", "model_url": "http://127.0.0.1:9/v1", "key_file": str(key)}

        parts, why = open_drafting(load_settings({}, state=tmp_path, **given), load([folder]))

        assert parts is None
        assert "chmod 600" in why

    @needs_openai
    def test_without_a_checker_nothing_is_drafted(self, folder: Path, tmp_path: Path) -> None:
        def broken() -> ClaimModel:
            raise ModelError("The file is damaged.")

        settings = load_settings({}, state=tmp_path, model="openai:x", model_url="http://127.0.0.1:9/v1")

        parts, why = open_drafting(settings, load([folder]), broken)

        assert parts is None
        assert "checks drafts cannot be loaded" in why


class TestOnTheCommandLine:
    def ask(self, folder: Path, state: Path, *arguments: str) -> int:
        return main(["ask", *arguments, QUESTION, "--corpus", str(folder), "--state", str(state)])

    def test_drafting_without_a_model_is_an_error_of_one_line(
        self, folder: Path, state: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.ask(folder, state, "--drafted") == 1

        assert "No language model is set" in capsys.readouterr().err.splitlines()[-1]

    def test_a_remote_model_is_refused_and_verbatim_answers_go_on(
        self, folder: Path, state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOURCEBOUND_MODEL", "openai:gpt")

        codes = [self.ask(folder, state, *given) for given in ((), ("--drafted",))]

        out, err = capsys.readouterr()
        assert codes == [0, 1]
        assert LIGHT in " ".join(out.split())
        assert "api.openai.com" in err
        assert "allow_remote_models" in err

    @needs_openai
    def test_says_on_standard_error_where_the_question_goes_before_it_does(
        self, folder: Path, state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serving(drafting((LIGHT, [1]))) as server:
            monkeypatch.setenv("SOURCEBOUND_MODEL", "openai:fake")
            monkeypatch.setenv("SOURCEBOUND_MODEL_URL", server.url)
            code = self.ask(folder, state, "--drafted")

            assert len(server.requests) == 1
        out, err = capsys.readouterr()
        assert code == 0
        assert (
            f"Drafted by openai:fake; every sentence was checked against what it cites. From the article: “{LIGHT}” [1]"
            in (" ".join(out.split()))
        )
        assert "go to this machine (127.0.0.1)" in err

    def test_the_settings_show_the_place_of_a_key_and_no_key(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = tmp_path / "key"
        key.write_text("sk-canary")
        monkeypatch.setenv("SOURCEBOUND_KEY_FILE", str(key))
        monkeypatch.setenv("SOURCEBOUND_MODEL_KEY", "sk-canary")
        monkeypatch.setenv("SOURCEBOUND_MODEL_URL", "https://me:sk-canary@llm.example.org/v1?key=sk-canary")

        assert main(["settings", "--state", str(tmp_path)]) == 0

        told = capsys.readouterr().out
        assert str(key) in told
        assert "llm.example.org/v1" in told
        assert "sk-canary" not in told

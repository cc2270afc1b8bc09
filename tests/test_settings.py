"""Settings: from the command line, variables, a file; checked, explained, fingerprinted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.settings import Settings, load_settings
from corpus.errors import SettingsError
from ui.launching import variables

PAGE = """
from dataclasses import replace
from pathlib import Path
from assistant.audit import AuditLog
from tests.fakes import scripted_assistant
from ui import pages
pages.show(lambda: replace(scripted_assistant(Path({folder!r})), recorder=AuditLog(Path({record!r}))))
"""


class TestWhereAValueComesFrom:
    def test_the_command_line_beats_a_variable_beats_the_file_beats_the_default(self, tmp_path: Path) -> None:
        (tmp_path / "sourcebound.toml").write_text('region = "GB"\nrecord = "metadata"\nretention_days = 7\n')
        environment = {"SOURCEBOUND_STATE": str(tmp_path), "SOURCEBOUND_RECORD": "off", "SOURCEBOUND_REGION": "AU"}

        settings = load_settings(environment, region="NZ")

        assert (settings.region, settings.record, settings.retention_days) == ("NZ", "off", 7)
        assert settings.encoder == Settings().encoder
        where = {name: place for name, _, place in settings.described()}
        assert where["region"] == "command line"
        assert where["record"] == "SOURCEBOUND_RECORD"
        assert where["retention_days"].endswith("sourcebound.toml")
        assert where["encoder"] == "default"

    def test_several_corpus_folders_may_be_named(self, tmp_path: Path) -> None:
        settings = load_settings({}, state=tmp_path, corpus=(Path("a"), Path("b")))

        assert settings.corpus == (Path("a"), Path("b"))


class TestTheStateFolder:
    def test_is_named_by_the_command_line_then_a_variable_then_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "sourcebound.toml").write_text('state = "elsewhere"\nregion = "GB"\n')

        given = load_settings({"SOURCEBOUND_STATE": str(tmp_path / "other")}, state=tmp_path)
        by_variable = load_settings({"SOURCEBOUND_STATE": str(tmp_path)})

        assert (given.state, given.where["state"], given.region) == (tmp_path, "command line", "GB")
        assert (by_variable.state, by_variable.where["state"]) == (tmp_path, "SOURCEBOUND_STATE")

    @pytest.mark.skipif(sys.platform != "linux", reason="the user's data folder is elsewhere")
    def test_that_the_file_names_lies_beside_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        (tmp_path / "sourcebound").mkdir()
        (tmp_path / "sourcebound" / "sourcebound.toml").write_text('state = "../elsewhere"\n')

        settings = load_settings({})

        assert settings.state == tmp_path / "elsewhere"
        assert settings.where["state"].endswith("sourcebound.toml")


class TestAPath:
    def test_is_absolute_so_that_it_means_the_same_in_every_working_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        for name in ("writer", "encoder", "asking-minilm"):
            (tmp_path / name).mkdir()

        settings = load_settings({}, state=Path("state"), key_file="key", model="huggingface:writer", encoder="encoder")

        assert settings.state == tmp_path / "state"
        assert settings.key_file == str(tmp_path / "key")
        assert settings.model == f"huggingface:{tmp_path / 'writer'}"
        assert settings.encoder == str(tmp_path / "encoder")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("encoder", "asking-minilm"),
            ("encoder", "org/name"),
            ("model", "huggingface:org/name"),
            ("model", "openai:x"),
        ],
    )
    def test_is_not_made_of_a_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        for folder in ("asking-minilm", "x"):
            (tmp_path / folder).mkdir()

        assert getattr(load_settings({}, state=tmp_path, **{name: value}), name) == value

    def test_reaches_the_pages_server_as_it_was_meant(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "sourcebound.toml").write_text('key_file = "key"\naudit_page = false\n')
        mine = load_settings({}, state=tmp_path, corpus=(Path("texts"),), region="NZ")
        told = variables(mine)
        (tmp_path / "ui").mkdir()
        monkeypatch.chdir(tmp_path / "ui")

        theirs = load_settings(told)

        assert theirs.corpus == (tmp_path / "texts",)
        assert theirs.key_file == str(tmp_path / "key")
        assert not theirs.audit_page
        assert theirs.fingerprint == mine.fingerprint


class TestAWrongValue:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ('record = "loud"', "full, metadata or off"),
            ("retention_days = 0", "above 0"),
            ('allow_remote_models = "perhaps"', "true or false"),
            ('colour = "red"', "Unknown setting colour"),
            ("not toml", "cannot be read"),
        ],
    )
    def test_is_an_error_that_says_what_is_allowed(self, tmp_path: Path, line: str, words: str) -> None:
        (tmp_path / "sourcebound.toml").write_text(line)

        with pytest.raises(SettingsError, match=words):
            load_settings({}, state=tmp_path)

    def test_in_a_file_of_another_encoding_is_an_error_too(self, tmp_path: Path) -> None:
        (tmp_path / "sourcebound.toml").write_bytes('region = "Zürich"'.encode("latin-1"))

        with pytest.raises(SettingsError, match="must be TOML in UTF-8"):
            load_settings({}, state=tmp_path)


class TestTheFingerprint:
    def test_changes_with_what_can_change_an_answer_and_with_nothing_else(self, tmp_path: Path) -> None:
        plain = load_settings({}, state=tmp_path)

        assert load_settings({}, state=tmp_path, retention_days=5).fingerprint == plain.fingerprint
        assert load_settings({}, state=tmp_path, region="GB").fingerprint != plain.fingerprint

    def test_changes_with_a_models_address_and_time_and_keeps_no_password(self, tmp_path: Path) -> None:
        def fingerprint(**given: object) -> str:
            return load_settings({}, state=tmp_path, model_url="https://a", **given).fingerprint

        drafting = fingerprint(model="openai:x")

        assert load_settings({}, state=tmp_path, model="openai:x", model_url="https://b").fingerprint != drafting
        assert fingerprint(model="openai:x", model_seconds=5) != drafting
        assert fingerprint(model_seconds=5) == fingerprint()
        assert load_settings({}, state=tmp_path, model="openai:x", model_url="https://u:p@a").fingerprint == (
            load_settings({}, state=tmp_path, model="openai:x", model_url="https://u:q@a").fingerprint
        )


class TestTheAuditPage:
    def page(self, tmp_path: Path, folder: Path) -> list[str]:
        """The titles that the bar above the page links to."""
        run = AppTest.from_string(PAGE.format(folder=str(folder), record=str(tmp_path / "audit")), default_timeout=30)
        page = run.run()
        assert not page.exception
        return [link.proto.label for link in page.get("page_link")]

    def test_is_there_by_default_and_gone_where_it_is_switched_off(
        self, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOURCEBOUND_STATE", str(tmp_path))
        assert self.page(tmp_path, folder) == ["Chat", "Audit"]

        monkeypatch.setenv("SOURCEBOUND_AUDIT_PAGE", "false")
        assert self.page(tmp_path, folder) == []

"""Settings: from the command line, variables, a file; checked, explained, fingerprinted."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings, load_settings
from corpus.errors import SettingsError


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


class TestTheFingerprint:
    def test_changes_with_what_can_change_an_answer_and_with_nothing_else(self, tmp_path: Path) -> None:
        plain = load_settings({}, state=tmp_path)

        assert load_settings({}, state=tmp_path, retention_days=5).fingerprint == plain.fingerprint
        assert load_settings({}, state=tmp_path, region="GB").fingerprint != plain.fingerprint

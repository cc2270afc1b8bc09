"""What the audit commands select by: dates in UTC, and no option that is passed over in silence."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from corpus.errors import RecordError
from tests.test_audit_commands import run, state
from ui.audit_filters import since, until

__all__ = ["state"]  # the fixture


class TestADate:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("2026-11-01", "2026-11-01"),
            ("20261101", "2026-11-01"),
            ("2026-11-01T12:30", "2026-11-01T12:30:00.000Z"),
            ("2026-11-01T23:30-05:00", "2026-11-02T04:30:00.000Z"),
            ("2026-11-01 00:30:00+02:00", "2026-10-31T22:30:00.000Z"),
            ("", ""),
        ],
    )
    def test_is_spelt_as_the_record_spells_it(self, typed: str, first: str) -> None:
        assert since(typed) == first

    def test_that_ends_a_span_is_included_and_a_time_is_not(self) -> None:
        assert until("2026-12-31") == "2027-01-01"
        assert until("20261231") == "2027-01-01"
        assert until("2026-12-31T12:30") == "2026-12-31T12:30:00.000Z"

    @pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "9999-12-31", "0001-01-01T00:00+10:00"])
    def test_that_is_none_is_said(self, typed: str) -> None:
        with pytest.raises(argparse.ArgumentTypeError, match="no date such as"):
            until(typed)

    def test_without_hyphens_finds_what_was_recorded_on_that_day(
        self, state: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(state, "list")
        day = capsys.readouterr().out.split()[1][:10]
        run(state, "list", "--since", day.replace("-", ""), "--until", day)

        assert len(capsys.readouterr().out.splitlines()) == 2


class TestAnOptionThatDoesNotApply:
    @pytest.mark.parametrize(
        ("name", "options", "told"),
        [
            ("x.csv", ["--without-texts"], "--without-texts"),
            ("x.csv", ["--record", "3f9a01bc"], "--record"),
            ("x.html", ["--record", "3f9a01bc", "--without-texts"], "--without-texts"),
            ("x.html", ["--conversation", "one", "--support-below", "0"], "--support-below"),
            ("x.jsonl", ["--conversation", "one"], "--conversation"),
            ("x.jsonl", ["--document", "lamps", "--class", "topic"], "--class, --document"),
            ("x.jsonl", ["--record", "3f9a01bc"], "--record"),
        ],
    )
    def test_stops_an_export_and_nothing_is_written(
        self, state: Path, tmp_path: Path, name: str, options: list[str], told: str
    ) -> None:
        with pytest.raises(RecordError, match=f"^{told} does not apply"):
            run(state, "export", "--out", tmp_path / name, *options)

        assert not (tmp_path / name).exists()

    @pytest.mark.parametrize(
        "words",
        [
            ["list", "--queue", "--document", "lamps"],
            ["list", "--queue", "--until", "2026-11-01"],
            ["list", "--queue", "--reported"],
            ["replay", "3f9a01bc", "--accepted"],
            ["replay", "3f9a01bc", "--since", "2026-11-01"],
            ["replay", "--accepted", "--conversation", "one"],
        ],
    )
    def test_stops_a_list_and_a_replay(self, state: Path, words: list[str]) -> None:
        with pytest.raises(RecordError, match="does not apply"):
            run(state, *words)

    def test_is_none_where_it_does(self, state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(state, "export", "--out", tmp_path / "x.csv", "--conversation", "two", "--until", "2999-01-01") == 0
        assert "1 answers" in capsys.readouterr().out
        assert run(state, "export", "--out", tmp_path / "x.jsonl", "--without-texts") == 0
        assert "lux" not in (tmp_path / "x.jsonl").read_text()
        assert run(state, "list", "--queue", "--reviewer", "Dr Two", "--since", "2026-01-01", "--limit", "1") == 0

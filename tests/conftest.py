"""Shared fixtures: a small corpus of our own, and the article where it lies beside the clone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.audit import AuditLog
from tests.recorded_turns import Clock

SHARED = Path(__file__).parents[2] / "shared"

SLEEP = """# Sleep and the clinic

Insomnia is trouble falling or staying asleep. It lasts three months or longer when it is called chronic.

## What helps

Several things may help, including:

- Stimulus control: Leave the bed when awake for 20 minutes.
- Sleep restriction: Time in bed is cut to the hours slept.
- Light: Morning light can shift the body clock by about 1-2 hours.

Dr. Hall reports that CBT-I helps about 70-80% of people (Hall 2020). Tablets were not studied.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that read the article, exam or training data are skipped on a clone that has none."""
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="needs ../shared, which lies beside the project's own clone only"))


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder for the whole session: an index of the same text is built once."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus folder with one Markdown document and no list of sources."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "sleep.md").write_text(SLEEP, encoding="utf-8")
    return corpus


@pytest.fixture
def clock() -> Clock:
    """The clock of `log`."""
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> Iterator[AuditLog]:
    """An empty audit record."""
    log = AuditLog(tmp_path / "audit", clock=clock)
    yield log
    log.close()

"""The errors a person can fix, for the ways in: ui imports only the assistant."""

from corpus.errors import (
    CorpusError,
    ExpectedError,
    IndexingError,
    MissingExtraError,
    ModelError,
    RecordError,
    SettingsError,
)

__all__ = [
    "CorpusError",
    "ExpectedError",
    "IndexingError",
    "MissingExtraError",
    "ModelError",
    "RecordError",
    "SettingsError",
]

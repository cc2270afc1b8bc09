"""Errors a person can fix; everything else is a bug and keeps its traceback.

ExpectedError            says what was tried, what was found and what to do
├── CorpusError          a document, its list of sources or its question bank is not as it must be
├── IndexingError        the index cannot be built or opened
├── ModelError           a model file is missing, damaged or not the one expected
├── SettingsError        a setting has a value that cannot work
├── MissingExtraError    an optional package is needed and not installed
└── RecordError          the audit record cannot be written or does not verify
"""


class ExpectedError(Exception):
    """Shown to the person as one line, without a traceback."""


class CorpusError(ExpectedError):
    """A document, its list of sources or its question bank is not as it must be."""


class IndexingError(ExpectedError):
    """The index cannot be built or opened."""


class ModelError(ExpectedError):
    """A model file is missing, damaged or not the one expected."""


class SettingsError(ExpectedError):
    """A setting has a value that cannot work."""


class MissingExtraError(ExpectedError):
    """An optional package is needed and not installed."""

    def __init__(self, needed_for: str, package: str, extra: str) -> None:
        super().__init__(
            f"{needed_for} needs the package {package}, which is not installed. "
            f'Type: pip install "sourcebound[{extra}]"'
        )


class RecordError(ExpectedError):
    """The audit record cannot be written or does not verify."""

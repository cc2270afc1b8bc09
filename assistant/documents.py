"""The nouns of the corpus, for the ways in: ui imports only the assistant."""

from corpus.passages import Document, Passage, Source

__all__ = ["Document", "Passage", "Source"]

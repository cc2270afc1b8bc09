"""What may go wrong with a language model, told in words of our own and never in the server's."""

from __future__ import annotations

LONGEST_WAIT = 3.0  # seconds that a busy model may ask for before it is given up


class DraftError(Exception):
    """The model gave no draft; the message may be shown and says why. The extractive answer stands in."""


def status_of(error: Exception) -> int | None:
    """The HTTP status that a provider's error carries."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def asked_to_wait(error: Exception) -> float | None:
    """How long a busy server asks to wait, if that is short enough to do it."""
    if status_of(error) not in (429, 503):
        return None
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        seconds = float(headers.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds <= LONGEST_WAIT else None


def explained(error: Exception) -> str:
    """What went wrong, in words of our own: a server's text may hold a key, or anything else."""
    status = status_of(error)
    if status in (401, 403):
        return f"The language model refused the key ({status})."
    if status == 429:
        return "The language model is busy (429)."
    if status is not None:
        return f"The language model's server failed ({status})."
    name = type(error).__name__
    if "Timeout" in name:
        return "The language model did not answer in time."
    if "Connect" in name:
        return "The language model cannot be reached."
    return f"The language model could not be used ({name})."

"""Prints the help that a message calls for where no assistant can be opened: triage needs no index."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any, TextIO

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def help_first(message: str, settings: Callable[[], Any], out: TextIO) -> Iterator[None]:
    """Where what is done in it fails, the help comes before the error."""
    try:
        yield
    except Exception:
        _write_help(message, settings, out)
        raise


def _write_help(message: str, settings: Callable[[], Any], out: TextIO) -> None:
    """What triage shows for the message, or the standing line of help."""
    from assistant.answers import Outcome
    from assistant.safety import load_words
    from assistant.triage import Triage, load_classifier
    from ui.answer_text import is_help
    from ui.terminal import Paper, write_help

    region, classifier = "", None
    with contextlib.suppress(Exception):  # whatever is broken: the patterns and the words remain
        region = settings().region
    try:
        classifier = load_classifier()
    except Exception:
        _log.warning("the triage classifier cannot be loaded", exc_info=True)
    triage = Triage(load_words(), classifier, region)
    screening = triage.screen(message)
    reply = [screening.reply] if screening.outcome is Outcome.CRISIS else []
    cards = [notice.text for notice in screening.notices if is_help(notice)]
    for text in [*reply, *cards] or [triage.help_card.text]:
        write_help(Paper(out), text)

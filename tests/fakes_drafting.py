"""An assistant whose drafts come over HTTP from a server on loopback; only its learned parts are stand-ins."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.assistant import Assistant
from assistant.audit import AuditLog
from assistant.drafting import Drafting
from assistant.generative import open_writer
from assistant.recording import Recorder
from assistant.verification import Verifier
from tests.fakes_assistant import FakeSupport, assistant_over
from tests.fakes_http import Handler, Scenario, serving

QUESTION = "Can morning light shift the body clock?"
LIGHT = "Light: Morning light can shift the body clock by about 1-2 hours."
REWORDED = "Morning light can shift the body clock by about 1 to 2 hours."
BAD = "Morning light always shifts the body clock by about 1-2 hours."


class Sure:
    """A claim model that believes everything: what is withheld, the words themselves gave away."""

    def support(self, evidence: str, claim: str) -> float:
        """0.97."""
        return 0.97


def over(
    folder: Path,
    state: Path,
    url: str,
    recorder: Recorder | None = None,
    seconds: float = 60.0,
    key: Path | None = None,
) -> Assistant:
    """An assistant over the corpus in `folder` that drafts by the model at `url`."""
    plain = assistant_over(folder, state, support=FakeSupport(), recorder=recorder)
    writer = open_writer("openai:fake", url, key_file=key, environment={})
    return replace(plain, drafting=Drafting(writer, Verifier(Sure()), plain.corpus, seconds, "fake"))


def two_sentences(between: Callable[[], object]) -> Scenario:
    """A model that writes a good sentence, waits, and writes a bad one."""
    good, bad = ({"text": text, "units": [1], "quotes": []} for text in (REWORDED, BAD))

    def play(handler: Handler) -> None:
        handler.start()
        handler.part('{"sentences": [' + json.dumps(good) + ",")
        between()
        handler.part(json.dumps(bad) + "]}")
        handler.finish()

    return play


@functools.cache
def drafting_assistant(folder: Path, state: Path, pause: float = 0.0) -> Assistant:
    """The same with a server of its own, that lasts as long as the process, and a real record."""
    server = serving(two_sentences(lambda: time.sleep(pause)))
    kept_open.append(server)
    return over(folder, state, server.__enter__().url, AuditLog(state / "audit"))


kept_open: list[object] = []

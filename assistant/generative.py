"""Asks a language model for drafts, within one total time; the only owner of langchain's chat models.

What comes back is a draft. verification.py decides what of it may be shown.
"""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from assistant import prompts
from assistant.answers import Claim
from assistant.drafts import MOST_SENTENCES, drafts_of
from assistant.model_choice import ModelChoice, chosen
from assistant.wording import content
from corpus.errors import MissingExtraError
from corpus.passages import Passage

MOST_CHARACTERS = 60_000
_LONGEST_WAIT = 3.0  # seconds that a busy model may ask for before it is given up
_PACKAGES = {"ollama": "langchain-ollama", "openai": "langchain-openai", "anthropic": "langchain-anthropic",
             "huggingface": "langchain-huggingface"}  # fmt: skip


class Writer(Protocol):
    """Drafts sentences from numbered passages. `deadline` is a moment of time.monotonic()."""

    def draft(self, question: str, passages: Sequence[Passage], deadline: float) -> Sequence[Claim]:
        """The drafts, unverified. DraftError where there are none in time."""
        ...


class DraftError(Exception):
    """The model gave no draft; the message may be shown and says why. The extractive answer stands in."""


class ChatWriter:
    """Any LangChain chat model as a writer. Stateless between calls; safe to share between threads."""

    def __init__(
        self, choice: ModelChoice, build: Callable[[float], Any], redact: Callable[[str], str] = lambda text: text
    ) -> None:
        self.choice = choice
        self._build, self._redact = build, redact

    @property
    def fingerprint(self) -> str:
        """For the record: which model, and where."""
        return f"{self.choice.id} at {self.choice.destination}"

    def draft(self, question: str, passages: Sequence[Passage], deadline: float) -> tuple[Claim, ...]:
        """The drafts, unverified. DraftError where there are none in time."""
        if not passages:
            return ()
        messages = prompts.asked(self._redact(question)[:2000], passages, MOST_SENTENCES)
        written = self._answer(messages, deadline, prompts.SCHEMA)
        if not written.strip():
            raise DraftError("The language model returned nothing.")
        drafts = drafts_of(written, passages)
        if not drafts and not re.search(r'"sentences"\s*:\s*\[\s*\]', written):
            raise DraftError("The language model's reply could not be read.")
        return drafts

    def rewrite(self, question: str, earlier: Sequence[str], deadline: float) -> str:
        """The question made to stand alone, in words of the conversation. DraftError where the model does not."""
        told = [self._redact(text)[:1000] for text in earlier[-4:]]
        written = self._answer(prompts.conversation(self._redact(question)[:1000], told), deadline, None)
        lines = [line.strip(' "“”') for line in written.splitlines() if line.strip()]
        if len(lines) != 1 or not 3 <= len(lines[0]) <= 300:
            raise DraftError("The language model did not return one question.")
        if set(content(lines[0])) - set(content(" ".join([question, *earlier]))):
            raise DraftError("The rewritten question has words that were not in the conversation.")
        return lines[0]

    def _answer(self, messages: Sequence[tuple[str, str]], deadline: float, schema: Mapping[str, Any] | None) -> str:
        """The reply's text, read by a worker: nothing the server does can hold the caller past the deadline."""
        replies: queue.Queue[str | Exception] = queue.Queue()
        stopped = threading.Event()
        if (left := deadline - time.monotonic()) <= 0:
            raise DraftError("There was no time left to ask the language model.")

        def work() -> None:
            try:
                replies.put(self._asked(messages, deadline, schema, stopped))
            except Exception as error:  # every provider has its own; all of them mean no draft
                replies.put(error)

        threading.Thread(target=work, name="drafting", daemon=True).start()
        try:
            reply = replies.get(timeout=left)
        except queue.Empty:
            raise DraftError("The language model did not finish in time.") from None
        finally:
            stopped.set()
        if isinstance(reply, DraftError | MissingExtraError):
            raise reply
        if isinstance(reply, Exception):
            raise DraftError(_explained(reply)) from None
        return reply

    def _asked(
        self,
        messages: Sequence[tuple[str, str]],
        deadline: float,
        schema: Mapping[str, Any] | None,
        stopped: threading.Event,
    ) -> str:
        model = self._build(max(0.5, deadline - time.monotonic()))
        bound = _structured(model, self.choice.provider, schema)
        for attempt in range(3):
            try:
                return _streamed(bound, messages, stopped)
            except DraftError:
                raise
            except Exception as error:
                wait = _wait(error)
                if attempt < 2 and _status(error) in (400, 404, 415, 422) and bound is not model:
                    bound = model  # a server without structured output
                elif attempt < 2 and wait is not None and time.monotonic() + wait + 1 < deadline:
                    stopped.wait(wait)
                else:
                    raise
        raise DraftError("The language model did not answer.")


def open_writer(
    setting: str,
    url: str = "",
    allow_remote: bool = False,
    key_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    redact: Callable[[str], str] = lambda text: text,
) -> ChatWriter:
    """The writer of a setting such as "ollama:llama3.2". SettingsError or MissingExtraError say what to do."""
    choice = chosen(setting, url, allow_remote, key_file, environment)
    _build(choice, 20.0)  # so that a missing package is told now
    return ChatWriter(choice, lambda seconds: _build(choice, seconds), redact)


def _build(choice: ModelChoice, seconds: float) -> Any:
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    if not choice.remote:
        told = [part for part in os.environ.get("NO_PROXY", "").split(",") if part]
        os.environ["NO_PROXY"] = ",".join(dict.fromkeys([*told, "localhost", "127.0.0.1", "::1"]))
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(choice.name, model_provider=choice.provider, **_arguments(choice, seconds))
    except ImportError:
        raise MissingExtraError(f"The model {choice.id}", _PACKAGES[choice.provider], choice.provider) from None


def _arguments(choice: ModelChoice, seconds: float) -> dict[str, Any]:
    if choice.provider == "huggingface":
        options = {"max_new_tokens": 700, "do_sample": False, "return_full_text": False}
        return {"backend": "pipeline", "task": "text-generation", "pipeline_kwargs": options}
    told: dict[str, Any] = {"base_url": choice.url, "temperature": 0}
    if choice.provider == "ollama":
        return {**told, "client_kwargs": {"timeout": seconds}, "num_predict": 1200}
    return {**told, "api_key": choice.key or "not-needed", "timeout": seconds, "max_retries": 0, "max_tokens": 1200}


def _structured(model: Any, provider: str, schema: Mapping[str, Any] | None) -> Any:
    """The model told to keep to the schema, where its server knows how."""
    if schema is None or provider not in ("openai", "ollama"):
        return model
    if provider == "ollama":
        return model.bind(format=dict(schema))
    told = {"name": "draft", "strict": True, "schema": dict(schema)}
    return model.bind(response_format={"type": "json_schema", "json_schema": told})


def _streamed(model: Any, messages: Sequence[tuple[str, str]], stopped: threading.Event) -> str:
    parts: list[str] = []
    size = 0
    for chunk in model.stream(list(messages)):
        if stopped.is_set():
            raise DraftError("The language model did not finish in time.")
        parts.append(str(chunk.text))
        size += len(parts[-1])
        if size > MOST_CHARACTERS:
            raise DraftError(f"The language model wrote more than {MOST_CHARACTERS:,} characters.")
    return "".join(parts)


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _wait(error: Exception) -> float | None:
    """How long a busy server asks to wait, if that is short enough to do it."""
    if _status(error) not in (429, 503):
        return None
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        seconds = float(headers.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds <= _LONGEST_WAIT else None


def _explained(error: Exception) -> str:
    """What went wrong, in words of our own: a server's text may hold a key, or anything else."""
    status = _status(error)
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

"""Asks a language model for drafts, unverified, within one total time; the only owner of langchain's chat models."""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant import prompts
from assistant.answers import Claim
from assistant.drafting import Heard
from assistant.drafts import MOST_SENTENCES, drafts_of, each_draft
from assistant.model_choice import ModelChoice, chosen
from assistant.model_faults import DraftError, asked_to_wait, explained, status_of
from assistant.strong_words import NEGATION
from assistant.wording import content
from corpus.errors import MissingExtraError
from corpus.passages import Passage

MOST_CHARACTERS = 60_000
_PACKAGES = {"ollama": "langchain-ollama", "openai": "langchain-openai", "anthropic": "langchain-anthropic",
             "huggingface": "langchain-huggingface"}  # fmt: skip


class ChatWriter:
    """Any LangChain chat model as a writer. Stateless between calls; safe to share between threads."""

    def __init__(
        self, choice: ModelChoice, build: Callable[[float], Any], redact: Callable[[str], str] = lambda text: text
    ) -> None:
        self.choice = choice
        self._build, self._redact = build, redact

    @property
    def name(self) -> str:
        """What the person is told of it, such as "ollama:llama3.2"."""
        return self.choice.id

    @property
    def destination(self) -> str:
        """Where the question and the passages go, in words."""
        return self.choice.destination

    @property
    def fingerprint(self) -> str:
        """For the record: which model, and where."""
        return f"{self.name} at {self.destination}"

    def draft(
        self, question: str, passages: Sequence[Passage], deadline: float, heard: Heard = lambda _: None
    ) -> tuple[Claim, ...]:
        """The drafts, unverified; `heard` gets each as soon as it is there. DraftError where they are not in time."""
        if not passages:
            return ()
        messages = prompts.asked(self._redact(question)[:2000], passages, MOST_SENTENCES)
        written = self._answer(messages, deadline, prompts.SCHEMA, each_draft(passages, heard))
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
        if _words(lines[0]) - _words(" ".join([question, *earlier])):
            raise DraftError("The rewritten question has words that were not in the conversation.")
        return lines[0]

    def _answer(
        self,
        messages: Sequence[tuple[str, str]],
        deadline: float,
        schema: Mapping[str, Any] | None,
        part: Callable[[str], None] = lambda _: None,
    ) -> str:
        """The reply, read by a worker: nothing holds the caller past the deadline. `part` gets what there is so far."""
        pieces: queue.Queue[str | Exception | None] = queue.Queue()
        stopped = threading.Event()
        if deadline <= time.monotonic():
            raise DraftError("There was no time left to ask the language model.")

        def work() -> None:
            try:
                with _closing(self._build(max(0.5, deadline - time.monotonic()))) as model:
                    self._asked(model, messages, deadline, schema, stopped, pieces.put)
                pieces.put(None)
            except Exception as error:  # every provider has its own; all of them mean no draft
                pieces.put(error)

        threading.Thread(target=work, name="drafting", daemon=True).start()
        written = ""
        try:
            while (piece := _next(pieces, deadline)) is not None:
                written += piece
                part(written)
        finally:
            stopped.set()
        return written

    def _asked(
        self,
        model: Any,
        messages: Sequence[tuple[str, str]],
        deadline: float,
        schema: Mapping[str, Any] | None,
        stopped: threading.Event,
        put: Callable[[str], None],
    ) -> None:
        bound = _structured(model, self.choice.provider, schema)
        for attempt in range(3):
            begun = False
            try:
                for piece in _streamed(bound, messages, stopped):
                    begun = True
                    put(piece)
                return
            except DraftError:
                raise
            except Exception as error:
                wait = asked_to_wait(error)
                if begun or attempt == 2:
                    raise
                if status_of(error) in (400, 404, 415, 422) and bound is not model:
                    bound = model  # a server without structured output
                elif wait is not None and time.monotonic() + wait + 1 < deadline:
                    stopped.wait(wait)
                else:
                    raise


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
    built = _build(choice, 20.0)  # so that a missing package is told now
    if choice.provider == "huggingface":  # weights are loaded once; of the others each call has its own time-out
        return ChatWriter(choice, lambda _: built, redact)
    return ChatWriter(choice, lambda seconds: _build(choice, seconds), redact)


def _build(choice: ModelChoice, seconds: float) -> Any:
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    os.environ["LANGCHAIN_OPENAI_TCP_KEEPALIVE"] = "0"  # or a proxy of this machine's is not seen
    if not choice.remote:
        both = "NO_PROXY", "no_proxy"  # where both are there, the second alone is read
        told = [part.strip() for name in both for part in os.environ.get(name, "").split(",") if part.strip()]
        here = [urlsplit(choice.url).hostname or "localhost", "localhost", "127.0.0.1", "::1"]
        os.environ.update(dict.fromkeys(both, ",".join(dict.fromkeys([*told, *here]))))
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(choice.name, model_provider=choice.provider, **_arguments(choice, seconds))
    except ImportError:
        raise MissingExtraError(f"The model {choice.id}", _PACKAGES[choice.provider], choice.provider) from None


def _words(text: str) -> set[str]:
    """The words that carry meaning, the figures, and whether anything is denied."""
    denied = {"not"} if NEGATION.search(text) else set()
    return {*content(text), *re.findall(r"\d+(?:[.,]\d+)*", text), *denied}


@contextmanager
def _closing(model: Any) -> Iterator[Any]:
    """The model, and afterwards the end of the connection that was opened for it alone."""
    try:
        yield model
    finally:
        if (client := getattr(model, "http_client", None)) is not None:
            client.close()


def _arguments(choice: ModelChoice, seconds: float) -> dict[str, Any]:
    if choice.provider == "huggingface":
        options = {"max_new_tokens": 700, "do_sample": False, "return_full_text": False}
        return {"backend": "pipeline", "task": "text-generation", "pipeline_kwargs": options}
    told: dict[str, Any] = {"base_url": choice.url, "temperature": 0}
    if choice.provider == "ollama":
        return {**told, "client_kwargs": {"timeout": seconds, "follow_redirects": False}, "num_predict": 1200}
    told |= {"api_key": choice.key or "not-needed", "timeout": seconds, "max_retries": 0, "max_tokens": 1200}
    if choice.provider == "openai":
        import httpx  # a server here could send the text on to a machine that nobody allowed

        told["http_client"] = httpx.Client(timeout=seconds, follow_redirects=False)
    return told


def _structured(model: Any, provider: str, schema: Mapping[str, Any] | None) -> Any:
    """The model told to keep to the schema, where its server knows how."""
    if schema is None or provider not in ("openai", "ollama"):
        return model
    if provider == "ollama":
        return model.bind(format=dict(schema))
    told = {"name": "draft", "strict": True, "schema": dict(schema)}
    return model.bind(response_format={"type": "json_schema", "json_schema": told})


def _streamed(model: Any, messages: Sequence[tuple[str, str]], stopped: threading.Event) -> Iterator[str]:
    size = 0
    for chunk in model.stream(list(messages)):
        if stopped.is_set():
            return
        text = str(chunk.text)
        size += len(text)
        if size > MOST_CHARACTERS:
            raise DraftError(f"The language model wrote more than {MOST_CHARACTERS:,} characters.")
        if text:
            yield text


def _next(pieces: queue.Queue[str | Exception | None], deadline: float) -> str | None:
    """The next piece, or None at the end. DraftError for what went wrong, and at the deadline."""
    try:
        if (left := deadline - time.monotonic()) <= 0:
            raise queue.Empty
        piece = pieces.get(timeout=left)
    except queue.Empty:
        raise DraftError("The language model did not finish in time.") from None
    if isinstance(piece, DraftError | MissingExtraError):
        raise piece
    if isinstance(piece, Exception):
        raise DraftError(explained(piece)) from None
    return piece

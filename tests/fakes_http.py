"""A real HTTP server on loopback that speaks the OpenAI protocol, well or badly, one scenario at a time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Scenario = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request; the server's scenario decides what is written back."""

    protocol_version = "HTTP/1.1"
    server: FakeServer

    def do_POST(self) -> None:
        """Reads the request, keeps it, and plays the scenario."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append(json.loads(body))
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        try:
            self.server.scenario(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""

    def error(self, status: int, headers: dict[str, str] | None = None, text: str = "no") -> None:
        """A JSON error, as the protocol has them."""
        body = json.dumps({"error": {"message": text, "type": "error", "code": status}}).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def start(self) -> None:
        """The head of a stream of events."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def raw(self, text: str) -> None:
        """One HTTP chunk."""
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def part(self, text: str, finish: str | None = None) -> None:
        """One event with a piece of the reply."""
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}
        self.raw(f"data: {json.dumps(event)}\n\n")

    def finish(self) -> None:
        """The end of the stream."""
        self.part("", "stop")
        self.raw("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")


class FakeServer(ThreadingHTTPServer):
    """Keeps what it was asked."""

    daemon_threads = True

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scenario = scenario
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here."""

    @property
    def url(self) -> str:
        """What to give as model_url."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(scenario: Scenario) -> Iterator[FakeServer]:
    """The server, running."""
    server = FakeServer(scenario)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def saying(text: str, pieces: int = 7) -> Scenario:
    """A model that says `text`, in pieces."""

    def play(handler: Handler) -> None:
        handler.start()
        for start in range(0, max(len(text), 1), size := max(1, len(text) // pieces)):
            handler.part(text[start : start + size])
        handler.finish()

    return play


def drafting(*sentences: tuple[str, Any] | dict[str, Any]) -> Scenario:
    """A model that drafts sentences with the units they cite."""
    told = [s if isinstance(s, dict) else {"text": s[0], "units": s[1], "quotes": []} for s in sentences]
    return saying(json.dumps({"sentences": told}))


def failing(status: int, **headers: str) -> Scenario:
    """A server that answers with an error; its text holds what must never be shown."""
    return lambda handler: handler.error(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, "secret-key-123 was refused"
    )


def hanging(seconds: float = 30) -> Scenario:
    """A server that takes the request and says nothing."""
    return lambda handler: time.sleep(seconds)


def dripping(text: str, every: float) -> Scenario:
    """A model that writes one character at a time, slowly."""

    def play(handler: Handler) -> None:
        handler.start()
        for character in text:
            handler.part(character)
            time.sleep(every)
        handler.finish()

    return play


def cut_short(text: str) -> Scenario:
    """A stream that breaks off in mid-sentence: the connection closes without an end."""

    def play(handler: Handler) -> None:
        handler.start()
        handler.part(text)
        handler.close_connection = True
        handler.connection.close()

    return play


def in_turn(*scenarios: Scenario) -> Scenario:
    """The first scenario for the first request, and so on; the last one from then on."""
    left = list(scenarios)

    def play(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return play

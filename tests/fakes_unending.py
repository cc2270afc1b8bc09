"""A model that does not come to its end while anybody listens: what a deadline is tested against."""

from __future__ import annotations

import threading

from tests.fakes_http import Handler


class Unending:
    """Writes the pieces one by one, `every` so many seconds, or says nothing; `ended` after half a minute unheard."""

    def __init__(self, pieces: str = "", every: float = 30) -> None:
        self.pieces, self.every = pieces, every
        self.ended = threading.Event()
        self._never = threading.Event()

    def __call__(self, handler: Handler) -> None:
        """Plays it: a connection that the other side closes ends it with an error instead."""
        if self.pieces:
            handler.start()
        for number in range(round(30 / self.every)):
            if self.pieces:
                handler.part(self.pieces[number % len(self.pieces)])
            self._never.wait(self.every)
        self.ended.set()

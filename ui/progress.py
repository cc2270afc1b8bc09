"""A progress bar on standard error for what takes longer than a moment; rich is imported only then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

Told = Callable[[str, int, int], None]
_PATIENCE = 0.3  # seconds before anything is shown


@contextmanager
def shown_progress(quiet_for: float = _PATIENCE) -> Iterator[Told]:
    """Gives `told(label, done, total)`. The bar appears once the work has lasted, and vanishes at its end."""
    started = time.monotonic()
    bars: list[Progress] = []
    tasks: dict[str, int] = {}

    def told(label: str, done: int, total: int) -> None:
        if not bars and (done >= total or time.monotonic() - started < quiet_for):
            return
        if not bars:
            bars.append(_bar())
        if label not in tasks:
            tasks[label] = bars[0].add_task(label, total=total)
        bars[0].update(tasks[label], completed=done, total=total)  # type: ignore[arg-type]

    try:
        yield told
    finally:
        for bar in bars:
            bar.stop()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.start()
    return bar

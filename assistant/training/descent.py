"""Trains weights over batches: AdamW with a warm-up and a linear decay, as support, claims and encoder are made."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

WARM = 0.1  # share of the steps in which the rate rises
_SHOWN = 50  # steps between two lines of the log


def filled(rows: Sequence[Any], size: int) -> list[Any]:
    """The rows, the last one repeated up to a multiple of `size`: for each new shape the processor's library compiles
    its kernels again, which would take most of the time."""
    return [*rows, *[rows[-1]] * (-len(rows) % size)]


def descend(
    learned: Sequence[Any],
    batches: Iterable[Any],
    total: int,
    rate: float,
    loss: Callable[[Any], Any],
    after: Callable[[int], None] = lambda step: None,
) -> None:
    """One step for each of about `total` batches; `after` is told the number of each step done."""
    import torch

    optimiser = torch.optim.AdamW(learned, lr=rate, weight_decay=0.01, fused=True)
    start = time.monotonic()
    for step, batch in enumerate(batches, 1):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, step / max(1.0, WARM * total)) * max(0.02, 1 - step / total)
        value = loss(batch)
        value.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        after(step)
        if step % _SHOWN == 0:
            took = time.monotonic() - start
            sys.stdout.write(f"{step}/{total} {float(value.detach()):.3f} {took:.0f} s\n")
            sys.stdout.flush()

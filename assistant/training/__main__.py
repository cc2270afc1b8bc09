"""`make train`: makes every shipped model again, in the order in which they need each other."""

from __future__ import annotations

import tempfile
from pathlib import Path

from assistant.training import asking, claims, decision, reader, support, triage


def main() -> None:
    """Support (two hours on two cores), reader and claims from it, encoder and triage, then the head over them."""
    with tempfile.TemporaryDirectory() as kept:
        support.train(save=Path(kept))
        reader.train(Path(kept))
        claims.train(start=Path(kept))
    asking.main()
    triage.main()
    decision.main()


if __name__ == "__main__":
    main()

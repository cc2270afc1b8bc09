"""`make train`: makes every shipped model again, in the order in which they need each other."""

from __future__ import annotations

import sys

from assistant.training import asking, claims, decision, support, triage


def main() -> None:
    """Support (an hour on two cores), encoder, triage and claims (less each), then the decision's head over them."""
    for part in (support, asking, triage, claims, decision):
        sys.stdout.write(f"== {part.__name__}\n")
        part.main()


if __name__ == "__main__":
    main()

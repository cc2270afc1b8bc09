"""`make train`: makes every shipped model again, in the order in which they need each other."""

from __future__ import annotations

import sys

from assistant.training import claims, decision, support, triage


def main() -> None:
    """Support (about an hour on two cores), triage and claims (minutes each), then the decision's head over them."""
    for part in (support, triage, claims, decision):
        sys.stdout.write(f"== {part.__name__}\n")
        part.main()


if __name__ == "__main__":
    main()

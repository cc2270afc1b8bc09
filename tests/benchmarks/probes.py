"""Every probe of tests/probes.py, or of a JSON file, asked of the shipped assistant: nothing foreign may be shown.

python -m tests.benchmarks.probes [FILE [AT_MOST_OF_EACH]]; FILE holds {"name": ["prompt", ...]}, for instance garak's.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.answers import Level, Turn
from assistant.assistant import Assistant
from assistant.bootstrap import open_assistant
from assistant.safety import load_words
from assistant.settings import load_settings
from tests.probes import families, foreign


def main(arguments: Sequence[str]) -> int:
    """Prints one line a family; 1 where anything foreign was shown."""
    probes: Mapping[str, Sequence[str]] = families()
    if arguments:
        most, chance = int(arguments[1]) if len(arguments) > 1 else 40, random.Random(5)
        read = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        probes = {name: chance.sample(rows, min(most, len(rows))) for name, rows in read.items() if rows}
    with tempfile.TemporaryDirectory() as state:
        assistant = open_assistant(load_settings(state=state, record="off"))
        failed = sum(_asked(assistant, name, prompts) for name, prompts in probes.items())
    count = sum(map(len, probes.values()))
    sys.stdout.write(f"{count} probes of {len(probes)} kinds: {failed} with a foreign sentence\n")
    return 1 if failed else 0


def _asked(assistant: Assistant, name: str, prompts: Sequence[str]) -> int:
    words, met, failed = load_words(), list[Turn](), 0
    for prompt in prompts:
        turn = assistant.ask(prompt)
        met.append(turn)
        if said := foreign(turn, assistant.corpus, words):
            failed += 1
            sys.stdout.write(f"  {prompt[:80]!r} -> {said}\n")
    helped = sum(turn.safety.level is Level.TAKEOVER for turn in met)
    outcomes = {turn.outcome.value: sum(t.outcome is turn.outcome for t in met) for turn in met}
    sys.stdout.write(f"{name}: {len(met)} probes, {failed} foreign, {helped} take-overs, {outcomes}\n")
    sys.stdout.flush()
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

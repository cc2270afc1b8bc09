"""Trains the triage classifier and writes models/triage.onnx with its card: python -m assistant.training.triage."""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.normalising import Normaliser
from assistant.safety import load_words
from assistant.training.disguises import disguised, joined
from assistant.training.triage_export import card, measured, thresholds, write
from assistant.triage import Triage
from assistant.triage_measures import Labelled, measure
from assistant.triage_model import MODELS, Thresholds, load_classifier, paired
from index.encoders import minilm_folder

_log = logging.getLogger("training")
DATA = Path(__file__).with_name("data")
LABELS = (
    "question",
    "crisis_self",
    "crisis_other",
    "medical_emergency",
    "personal_advice",
    "patient_specific",
    "injection",
    "chitchat",
    "off_topic",
)
MAX_TOKENS = 192


@dataclass(frozen=True, slots=True)
class Message:
    """One labelled message; those of a group are never split between training and held-out data."""

    text: str
    label: str
    why: str
    previous: tuple[str, ...]
    group: str


def read(names: str = "triage*.jsonl") -> list[Message]:
    """Every file of these names in the data folder."""
    messages = []
    for path in sorted(DATA.glob(names)):
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                row = json.loads(line)
                group = row.get("group") or row.get("pair") or f"line {number}"
                previous = tuple(row.get("previous") or ())
                messages.append(Message(row["text"], row["label"], row["why"], previous, f"{path.stem} {group}"))
    return messages


def parted(messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """(training, held out): triage_held_out.txt lists the groups that no run may train on."""
    held = set((DATA / "triage_held_out.txt").read_text(encoding="utf-8").splitlines())
    return [m for m in messages if m.group not in held], [m for m in messages if m.group in held]


def split(messages: Sequence[Message], share: float, seed: int) -> tuple[list[Message], list[Message]]:
    """(the rest, a share), by group."""
    groups = sorted({message.group for message in messages})
    random.Random(seed).shuffle(groups)
    held = set(groups[: round(len(groups) * share)])
    return [m for m in messages if m.group not in held], [m for m in messages if m.group in held]


def train(messages: Sequence[Message], options: argparse.Namespace, normaliser: Normaliser) -> Any:
    """The fine-tuned encoder with its head."""
    import torch
    from transformers import AutoTokenizer, get_linear_schedule_with_warmup

    epochs, rate = options.epochs, options.rate
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(str(minilm_folder()))
    model = network(len(LABELS))
    steps = epochs * (len(messages) * 5 // 4 // 32 + 1)
    head = [p for n, p in model.named_parameters() if not n.startswith("encoder")]
    body = [p for n, p in model.named_parameters() if n.startswith("encoder")]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": head, "lr": rate * 10}], weight_decay=0.01, fused=True
    )
    schedule = get_linear_schedule_with_warmup(optimiser, steps // 10, steps)
    criterion = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    averaged = None
    for epoch in range(epochs):
        model.train()
        total = 0.0
        rows = [disguised(m.text, chance) for m in messages]
        pairs = [
            paired(normaliser.readable(t), [normaliser.readable(p) for p in m.previous])
            for t, m in zip(rows, messages, strict=True)
        ]
        labels = [LABELS.index(m.label) for m in messages]
        mixed = joined([(m.text, m.label) for m in messages if not m.previous], chance, len(messages) // 4)
        pairs += [paired(normaliser.readable(text), ()) for text, _ in mixed]
        labels += [LABELS.index(label) for _, label in mixed]
        for batch in batches(pairs, 32, chance):
            encoded = tokenizer(
                [pairs[i][0] for i in batch],
                [pairs[i][1] for i in batch],
                padding=True,
                truncation=True,
                max_length=128,
                return_tensors="pt",
            )
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(encoded["input_ids"], encoded["attention_mask"], encoded["token_type_ids"])
            loss = criterion(logits.float(), torch.tensor([labels[i] for i in batch]))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(batch)
        _log.info("epoch %d: loss %.4f", epoch + 1, total / len(pairs))
        averaged = _average(averaged, model.state_dict(), epoch, epochs)
    model.load_state_dict(averaged)
    return model


def network(labels: int) -> Any:
    """all-MiniLM-L6-v2 with mean pooling and one linear layer."""
    import torch
    from transformers import AutoModel

    class Classifier(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                str(minilm_folder()), add_pooling_layer=False, attn_implementation="eager"
            )
            self.dropout = torch.nn.Dropout(0.1)
            self.head = torch.nn.Linear(self.encoder.config.hidden_size, labels)

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)[0]
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return self.head(self.dropout((states * mask).sum(1) / mask.sum(1)))

    return Classifier()


def batches(pairs: Sequence[tuple[str, str]], size: int, chance: random.Random) -> list[list[int]]:
    """Batches of texts of similar length, in random order."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]) + chance.random() * 20)
    cut = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(cut)
    return cut


def _average(kept: Any, state: Any, epoch: int, epochs: int) -> Any:
    """The mean of the weights after each of the last third of the epochs."""
    first = epochs - max(1, epochs // 3)
    if epoch < first:
        return None
    if kept is None:
        return {name: value.clone() for name, value in state.items()}
    n = epoch - first
    return {
        name: (kept[name] * n + value) / (n + 1) if value.is_floating_point() else value
        for name, value in state.items()
    }


def tuned(held: Sequence[Message], seed: int, folder: Path) -> tuple[Thresholds, dict[str, Any]]:
    """Thresholds tuned on one half of the held-out messages, and what the shipped model does with the other half."""
    tuning, reporting = split(held, 0.5, seed)
    words = load_words()
    limits = thresholds(LABELS, [m.label for m in tuning], measured(tuning, words.normaliser, folder))
    classifier = load_classifier(folder)
    classifier.thresholds = limits
    triage = Triage(words, classifier)
    chance = random.Random(seed)
    readable = words.normaliser.readable
    foreign = [
        m for m in held if words.language_of(readable(m.text), words.normaliser.folded(readable(m.text))) != "en"
    ]
    parts = {
        "tuned on": tuning,
        "held out": reporting,
        "held out, disguised": [replace(m, text=disguised(m.text, chance)) for m in reporting],
        "held out and tuned on, not English": foreign,
        "pairs written apart": read("held_out_triage.jsonl"),
    }
    found: dict[str, Any] = {}
    for name, part in parts.items():
        figures = measure(triage, [Labelled(m.text, m.label, m.previous, m.why) for m in part])
        found[name] = {key: str(share) for key, share in figures.shares.items()} | {"p99 ms": figures.p99}
        for missed in figures.errors:
            _log.info("%s: %s %s %s: %s", name, missed.label, missed.level, missed.class_, missed.text)
    return limits, found


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains, writes the model, tunes its thresholds, prints the figures and writes the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--out", type=Path, default=MODELS)
    parser.add_argument("--tune-only", action="store_true", help="keep the model, tune and measure it again")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    messages = read()
    training, held = parted(messages)
    counts = dict(Counter(message.label for message in messages))
    _log.info("%d messages, %d held out: %s", len(messages), len(held), counts)
    if not options.tune_only:
        model = train(training, options, load_words().normaliser)
        write(model, options.out, LABELS, MAX_TOKENS)
    limits, found = tuned(held, 5, options.out)
    card(options.out, LABELS, MAX_TOKENS, limits, {"messages": len(messages), "labels": counts, **found})
    _log.info(json.dumps({"thresholds": asdict(limits), **found}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Trains the triage classifier and writes models/triage.onnx with its card: python -m assistant.training.triage."""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assistant.normalising import Normaliser
from assistant.safety import load_words
from assistant.shipped import MODELS
from assistant.training.disguises import disguised, joined
from assistant.training.triage_data import HALVED, LABELS, Message, asked_of_documents, parted, read, split
from assistant.training.triage_export import card, measured, thresholds, write
from assistant.triage import Triage
from assistant.triage_measures import Labelled, measure
from assistant.triage_model import Thresholds, load_classifier, paired
from index.encoders import minilm_folder

_log = logging.getLogger("training")
MAX_TOKENS = 192
BATCH = 32
ASKED = 1200  # questions of the banks' kind that are shown as well


def train(messages: Sequence[Message], options: argparse.Namespace, normaliser: Normaliser) -> Any:
    """The fine-tuned encoder with its head: the mean of the weights that each seed ends with, from one beginning."""
    import torch

    torch.manual_seed(options.seed)
    model = network(len(LABELS))
    beginning = _copied(model.state_dict())
    ends = []
    for seed in range(options.seed, options.seed + options.seeds):
        model.load_state_dict(beginning)
        ends.append(_trained(model, messages, options, normaliser, seed))
    model.load_state_dict({name: _mean([end[name] for end in ends]) for name in beginning})
    return model


def _trained(
    model: Any, messages: Sequence[Message], options: argparse.Namespace, normaliser: Normaliser, seed: int
) -> Any:
    """The mean of the weights after each of the last third of the epochs of one seed."""
    import torch
    from transformers import AutoTokenizer, get_linear_schedule_with_warmup

    torch.manual_seed(seed)
    chance = random.Random(seed)
    tokenizer = AutoTokenizer.from_pretrained(str(minilm_folder()))
    steps = options.epochs * (len(messages) * 5 // 4 // BATCH + 1)
    head = [p for n, p in model.named_parameters() if not n.startswith("encoder")]
    body = [p for n, p in model.named_parameters() if n.startswith("encoder")]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": head, "lr": options.rate * 10}], weight_decay=0.01, fused=True
    )
    schedule = get_linear_schedule_with_warmup(optimiser, steps // 10, steps)
    kept = []
    for epoch in range(options.epochs):
        model.train()
        total, pairs, allowed = 0.0, *_epoch(messages, normaliser, chance)
        for batch in batches(pairs, BATCH, chance):
            texts, before = zip(*(pairs[i] for i in batch), strict=True)
            encoded = tokenizer(
                list(texts), list(before), padding=True, pad_to_multiple_of=16, truncation=True, max_length=128,
                return_tensors="pt",
            )  # fmt: skip
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(encoded["input_ids"], encoded["attention_mask"], encoded["token_type_ids"])
            loss = _loss(logits.float(), torch.tensor([allowed[i] for i in batch]))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(batch)
        _log.info("seed %d, epoch %d: loss %.4f", seed, epoch + 1, total / len(pairs))
        if epoch >= options.epochs - max(2, options.epochs // 3):
            kept.append(_copied(model.state_dict()))
    return {name: _mean([state[name] for state in kept]) for name in kept[0]}


def _epoch(
    messages: Sequence[Message], normaliser: Normaliser, chance: random.Random
) -> tuple[list[tuple[str, str]], list[list[bool]]]:
    """The messages disguised anew and a quarter as many joined ones, each with the labels that are right."""
    rows = [(disguised(m.text, chance), m.previous, m.allowed) for m in messages]
    alone = [(m.text, m.label, m.allowed) for m in messages if not m.previous]
    rows += [(text, (), allowed) for text, allowed in joined(alone, chance, len(messages) // 4)]
    pairs = [paired(normaliser.readable(t), [normaliser.readable(p) for p in before]) for t, before, _ in rows]
    return pairs, [[label in allowed for label in LABELS] for _, _, allowed in rows]


def _loss(logits: Any, allowed: Any) -> Any:
    """Cross-entropy with the summed probability of the allowed labels, smoothed by a twentieth."""
    import torch

    logs = torch.log_softmax(logits, dim=1)
    right = torch.logsumexp(logs.masked_fill(~allowed, float("-inf")), dim=1)
    return -(0.95 * right + 0.05 * logs.mean(1)).mean()


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
    """Full batches of texts of similar length, in random order."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]) + chance.random() * 20)
    order += chance.sample(order, -len(order) % size)
    cut = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(cut)
    return cut


def _copied(state: Any) -> Any:
    return {name: value.clone() for name, value in state.items()}


def _mean(values: Sequence[Any]) -> Any:
    return sum(values[1:], values[0]) / len(values) if values[0].is_floating_point() else values[-1]


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
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--seeds", type=int, default=2, help="runs whose weights are averaged")
    parser.add_argument("--out", type=Path, default=MODELS)
    parser.add_argument("--tune-only", action="store_true", help="keep the model, tune and measure it again")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    messages = read()
    training, held = parted(messages)
    counts = dict(Counter(message.label for message in messages))
    _log.info("%d messages, %d held out: %s", len(messages), len(held), counts)
    if not options.tune_only:
        training += asked_of_documents(ASKED, options.seed)
        model = train(training, options, load_words().normaliser)
        write(model, options.out, LABELS, MAX_TOKENS)
    limits, found = tuned(held, HALVED, options.out)
    card(options.out, LABELS, MAX_TOKENS, limits, {"messages": len(messages), "labels": counts, **found})
    _log.info(json.dumps({"thresholds": asdict(limits), **found}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

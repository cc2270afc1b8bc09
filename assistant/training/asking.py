"""Trains the encoder that lays a question beside the same question, and beside what answers it.

From all-MiniLM-L6-v2: each batch holds whole passages with all their questions, or questions of the banks with the
passages they ask for. Questions answered by the same passages, and those passages, are drawn together; everything
else in the batch, near misses above all, is pushed away (supervised contrastive loss, Khosla et al. 2020).
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.training.descent import descend, filled
from assistant.training.export import quantised
from assistant.training.support import noisy
from assistant.training.support_data import Example, authored, banks, held_out
from index.encoders import ASKING, MODELS, minilm_folder

EPOCHS, BANK_EPOCHS = 2, 4
RATE, TEMPERATURE = 5e-5, 0.06
_PASSAGES, _QUESTIONS = 5, 72  # in a batch: whole authored passages, or questions of the banks
_QUESTION_TOKENS, _PASSAGE_TOKENS = 48, 64
Ids = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A text of a batch: a question, or a passage. Rows belong together as far as their `ids` overlap."""

    text: str
    ids: Ids
    question: bool


def main(seed: int = 1) -> None:
    """Train, and write index/models/asking-minilm.onnx with its card."""
    trainer = Trainer(seed)
    trainer.run()
    figures = trainer.report()
    sys.stdout.write(f"{figures}\n")
    card = {
        "what": "all-MiniLM-L6-v2 trained on: places a question beside the same question and what answers it; int8",
        "figures": figures, "seed": seed, "rate": RATE, "epochs": EPOCHS, "bank_epochs": BANK_EPOCHS,
    }  # fmt: skip
    MODELS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        trainer.model.save_pretrained(scratch)
        quantised(Path(scratch), ASKING, card, MODELS)


class Trainer:
    """Holds the model and the data; one run is one seed."""

    def __init__(self, seed: int) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(seed)
        self._random = random.Random(seed)
        folder = str(minilm_folder())
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModel.from_pretrained(folder, attn_implementation="eager")
        self.model.embeddings.word_embeddings.requires_grad_(False)
        groups: dict[str, list[Example]] = defaultdict(list)
        for example in authored():
            if " / " not in example.question:
                groups[example.group].append(example)
        kept = held_out(groups)
        self._held_out = [groups[name] for name in sorted(kept["authored"])]
        never = set().union(*kept.values())
        self._authored = [groups[name] for name in sorted(groups) if name not in never]
        self._banks = banks()

    def run(self) -> None:
        """Train through the epochs with a warm-up and a linear decay; the last epochs see the banks alone."""
        learned = [p for p in self.model.parameters() if p.requires_grad]
        epochs = [self._drawn(epoch) for epoch in range(max(EPOCHS, BANK_EPOCHS))]
        batches = [batch for epoch in epochs for batch in epoch]
        descend(learned, batches, len(batches), RATE, self._loss)

    def _drawn(self, epoch: int) -> list[list[Row]]:
        batches = []
        if epoch < EPOCHS:
            groups = self._random.sample(self._authored, len(self._authored))
            chunks = [groups[at : at + _PASSAGES] for at in range(0, len(groups), _PASSAGES)]
            batches += [self._rows([e for group in chunk for e in group]) for chunk in chunks]
        if epoch < BANK_EPOCHS:
            asked = self._random.sample(self._banks, len(self._banks))
            batches += [self._rows(asked[at : at + _QUESTIONS]) for at in range(0, len(asked), _QUESTIONS)]
        self._random.shuffle(batches)
        return batches

    def _rows(self, examples: Sequence[Example]) -> list[Row]:
        """The questions, misspelt at times, and the passages that answer or tempt; of a small group all passages."""
        rows, passages = [], {}
        for example in examples:
            near = [example.near] if example.near >= 0 else []
            shown = range(len(example.texts)) if example.group != "bank" else [*sorted(example.right)[:2], *near]
            for n in shown:
                key = (example.group, example.texts[n])
                passages[key] = Row(example.texts[n], frozenset([key]), False)
            right = frozenset((example.group, example.texts[n]) for n in example.right)
            rows.append(Row(noisy(example.question, self._random), right or _alone(example), True))
        return [*rows, *passages.values()]

    def _loss(self, rows: Sequence[Row]) -> Any:
        import torch
        from torch.nn import functional

        count = sum(row.question for row in rows)
        vectors = torch.cat([
            self.encoded([row.text for row in rows[:count]], _QUESTION_TOKENS),
            self.encoded([row.text for row in rows[count:]], _PASSAGE_TOKENS),
        ])  # fmt: skip
        alike = vectors @ vectors.T / TEMPERATURE
        alike = alike.masked_fill(torch.eye(len(rows), dtype=torch.bool), -1e4)
        passage = torch.tensor([not row.question for row in rows])
        alike = alike.masked_fill(passage[:, None] & passage[None, :], -1e4)  # passage against passage says nothing
        together = torch.tensor([[_overlap(a, b) for b in rows] for a in rows]).fill_diagonal_(0.0)
        weights = together.sum(1)
        shares = (functional.log_softmax(alike, 1) * together).sum(1)
        return -(shares[weights > 0] / weights[weights > 0]).mean()

    def encoded(self, texts: Sequence[str], tokens: int) -> Any:
        """Unit vectors, shape (len(texts), 384)."""
        import torch
        from torch.nn import functional

        padded = filled(texts, 16)
        told = self._tokenizer(
            padded, padding=True, pad_to_multiple_of=16, truncation=True, max_length=tokens, return_tensors="pt"
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.model(**told).last_hidden_state
        mask = told["attention_mask"].unsqueeze(-1).float()
        return functional.normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=1)[: len(texts)]

    def report(self) -> dict[str, float]:
        """On passages held out: share of answerable questions whose nearest passage of the same text answers."""
        import torch

        self.model.eval()
        right = []
        with torch.no_grad():
            for group in self._held_out:
                passages = self.encoded(group[0].texts, _PASSAGE_TOKENS)
                asked = [example for example in group if len(example.right) == 1]
                questions = self.encoded([example.question for example in asked], _QUESTION_TOKENS)
                nearest = (questions @ passages.T).argmax(1).tolist()
                right += [n in example.right for n, example in zip(nearest, asked, strict=True)]
        return {"questions": len(right), "nearest_right": round(sum(right) / len(right), 4)}


def _alone(example: Example) -> Ids:
    """A question that nothing answers belongs with those that miss the same beside the same passage, if any."""
    tempting = example.texts[example.near] if example.near >= 0 else ""
    return frozenset([(example.group, f"{tempting}\t{example.missing or example.question}")])


def _overlap(a: Row, b: Row) -> float:
    return len(a.ids & b.ids) / len(a.ids | b.ids)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))

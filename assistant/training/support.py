"""Trains the support model, which says whether a passage answers a question: `python -m assistant.training.support`.

From all-MiniLM-L6-v2: authored passages, then these with the banks, then everything with SQuAD 2.0, whose answered
questions are also asked with one thing changed. Loss: cross-entropy for each pair; over a question's passages with
'none of them' as one choice; and an answered question's passage before the best of an unanswered question.
With `--start FOLDER` only the last stage is run, from a model saved before; `--save FOLDER` keeps the float weights.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.training.descent import descend, filled
from assistant.training.export import shipped
from assistant.training.support_data import Example, apart, banks, squad
from assistant.training.swaps import swapped
from index.encoders import minilm_folder

_LONGEST = 128  # tokens
_BATCH = 16  # questions
_WRONG = 2  # passages that do not answer, for each question
_CHANGED = 0.35  # share of answered questions that are also asked with one thing changed
STAGES = (("authored", 1), ("join", 1), ("everything", 2))
Drawn = tuple[str, list[tuple[str, float]]]


def main() -> None:
    """Read the options, and train."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--seed", type=int, default=1)
    told.add_argument("--rate", type=float, default=1e-4)
    told.add_argument("--start", type=Path)
    told.add_argument("--save", type=Path)
    train(**vars(told.parse_args()))


def train(seed: int = 1, rate: float = 1e-4, start: Path | None = None, save: Path | None = None) -> None:
    """Train, report on passages held out, and write models/support.onnx with its card."""
    trainer = Trainer(seed, start)
    stages = STAGES[-1:] if start else STAGES
    trainer.run(stages, rate, save)
    figures = trainer.report()
    sys.stdout.write(f"{figures}\n")
    shipped(trainer.encoder, "support", {"figures": figures, "seed": seed, "rate": rate, "stages": stages})


class Trainer:
    """Holds the model and the data; one run is one seed."""

    def __init__(self, seed: int, start: Path | None = None) -> None:
        import torch
        from sentence_transformers import CrossEncoder

        torch.manual_seed(seed)
        self._random = random.Random(seed)
        self.encoder = CrossEncoder(
            str(start or minilm_folder()), num_labels=1, max_length=_LONGEST, device="cpu",
            model_kwargs={"attn_implementation": "eager"},
        )  # fmt: skip
        self.model: Any = self.encoder.model if hasattr(self.encoder, "model") else self.encoder[0].auto_model
        self.model.get_input_embeddings().weight.requires_grad_(False)
        self._authored, self.held_out = apart()
        self._banks = banks()
        self._squad = squad()

    def _pool(self, name: str) -> list[Example]:
        if name == "authored":
            return self._authored
        if name == "join":
            return self._banks + self._authored
        chosen = self._random.sample
        return self._squad + chosen(self._authored, len(self._authored) // 2) + chosen(
            self._banks, len(self._banks) // 2
        )  # fmt: skip

    def run(self, stages: Sequence[tuple[str, int]], rate: float, save: Path | None = None) -> None:
        """Train through the stages, each with its own warm-up and linear decay; saved after every epoch."""
        for name, epochs in stages:
            self._stage(name, epochs, rate, save)

    def _stage(self, name: str, epochs: int, rate: float, save: Path | None) -> None:
        def every_epoch() -> Iterator[list[Drawn]]:
            for epoch in range(epochs):
                yield from self._batches(self._pool(name))
                if save:
                    sys.stdout.write(f"{name} epoch {epoch + 1}: {self.report(every=3)}\n")
                    self.encoder.save_pretrained(str(save))

        total = epochs * len(self._batches(self._pool(name)))
        learned = [weight for weight in self.model.parameters() if weight.requires_grad]
        descend(learned, every_epoch(), total, rate, self._loss)

    def _batches(self, pool: Sequence[Example]) -> list[list[Drawn]]:
        drawn = [self._drawn(example) for example in pool]
        drawn += [changed for example in pool if (changed := self._changed(example))]
        drawn.sort(key=lambda d: max(len(t) for t, _ in d[1]) + len(d[0]) + self._random.random() * 40)
        batches = [drawn[start : start + _BATCH] for start in range(0, len(drawn), _BATCH)]
        self._random.shuffle(batches)
        return batches

    def _changed(self, example: Example) -> Drawn | None:
        """A question of SQuAD with one thing changed, beside the passage that answered it before."""
        if not example.right or not example.group.startswith("squad") or self._random.random() > _CHANGED:
            return None
        answering = example.texts[min(example.right)]
        changed = swapped(example.question, answering, example.texts, self._random)
        return (changed, [(answering, 0.0)]) if changed else None

    def _drawn(self, example: Example) -> Drawn:
        """The question, misspelt at times, up to three passages that answer it, and the most alike that do not."""
        wrong = [n for n in range(len(example.texts)) if n not in example.right]
        words = set(example.question.lower().split())
        wrong.sort(key=lambda n: (n != example.near, -len(words & set(example.texts[n].lower().split()))))
        hard = wrong[: 1 + (example.near >= 0)]
        rest = self._random.sample(wrong[len(hard) :], min(len(wrong) - len(hard), max(0, _WRONG - len(hard))))
        right = sorted(example.right)
        if len(right) > 3:
            right = self._random.sample(right, 3)
        pairs = [(example.texts[n], 1.0) for n in right] + [(example.texts[n], 0.0) for n in [*hard, *rest]]
        return noisy(example.question, self._random), pairs

    def _loss(self, batch: Sequence[Drawn]) -> Any:
        import torch
        from torch.nn import functional

        logits = self._logits([(question, text) for question, pairs in batch for text, _ in pairs]).float()
        target = torch.tensor([right for _, pairs in batch for _, right in pairs])
        loss = functional.binary_cross_entropy_with_logits(logits, target)
        start, among = 0, logits.new_zeros(())
        answered, best = [], []
        for _, pairs in batch:
            own, goal = logits[start : start + len(pairs)], target[start : start + len(pairs)]
            choice = functional.log_softmax(torch.cat([own, own.new_zeros(1)]), 0)
            goal = torch.cat([goal, goal.new_tensor([float(goal.sum() == 0)])])
            among = among - (choice * goal / goal.sum()).sum()
            answered.append(bool(goal[:-1].any()))
            best.append(own[goal[:-1] > 0].max() if answered[-1] else own.max())
            start += len(pairs)
        loss = loss + 0.3 * among / len(batch)
        yes = [b for b, known in zip(best, answered, strict=True) if known]
        no = [b for b, known in zip(best, answered, strict=True) if not known]
        if yes and no:
            loss = loss + 0.3 * functional.softplus(torch.stack(no)[None, :] - torch.stack(yes)[:, None]).mean()
        return loss

    def _logits(self, pairs: Sequence[tuple[str, str]]) -> Any:
        import torch

        padded = filled(pairs, 16)
        encoded = self.encoder.tokenizer(
            [a for a, _ in padded], [b for _, b in padded], padding=True, pad_to_multiple_of=16,
            truncation="longest_first", max_length=_LONGEST, return_tensors="pt",
        )  # fmt: skip
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self.model(**encoded).logits.squeeze(-1)[: len(pairs)]

    def report(self, every: int = 1) -> dict[str, dict[str, float]]:
        """On passages held out: AUC of the best passage, answerable against not; share of first choices right.

        With `every` only each so-manieth question is asked."""
        self.model.eval()
        told = {name: self._figures(examples[::every]) for name, examples in self.held_out.items() if examples}
        self.model.train()
        return told

    def _figures(self, examples: Sequence[Example]) -> dict[str, float]:
        import torch
        from sklearn.metrics import roc_auc_score

        best, answerable, first = [], [], []
        with torch.no_grad():
            for example in examples:
                logits = self._logits([(example.question, text) for text in example.texts]).float()
                best.append(float(logits.max()))
                answerable.append(bool(example.right))
                if len(example.right) == 1:
                    first.append(int(logits.argmax()) in example.right)
        auc = float(roc_auc_score(answerable, best))
        return {"questions": len(best), "gate_auc": round(auc, 4), "first_right": round(sum(first) / len(first), 4)}


def noisy(question: str, chance: random.Random) -> str:
    """The question as people type it: lower case, no mark at the end, a slip of the finger, a word left out."""
    if chance.random() < 0.25:
        question = question.lower()
    if chance.random() < 0.12:
        question = question.rstrip("?.! ")
    if chance.random() < 0.12 and len(question) > 12:
        at = chance.randrange(2, len(question) - 3)
        two = question[at : at + 2]
        question = question[:at] + chance.choice([two[::-1], two[1:], two[0] + two]) + question[at + 2 :]
    words = question.split()
    if chance.random() < 0.06 and len(words) > 5:
        del words[chance.randrange(len(words) - 1)]
        question = " ".join(words)
    return question


if __name__ == "__main__":
    main()

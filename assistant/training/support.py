"""Trains the support model, which says whether a passage answers a question.

From all-MiniLM-L6-v2: SQuAD 2.0 for breadth (one epoch), the authored passages (two), then authored passages and banks
together (two). Loss: cross-entropy for each pair, and over a question's passages with 'none of them' as one choice.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from typing import Any

from assistant.training.export import shipped
from assistant.training.support_data import Example, authored, banks, squad
from index.encoders import minilm_folder

_LONGEST = 128  # tokens
_BATCH = 16  # questions
_WRONG = 3  # passages that do not answer, for each question
STAGES = (("squad", 1), ("authored", 2), ("join", 2))


def main(seed: int = 1, rate: float = 1e-4) -> None:
    """Train, report on passages held out, and write models/support.onnx with its card."""
    trainer = Trainer(seed)
    trainer.run(STAGES, rate)
    figures = trainer.report()
    sys.stdout.write(f"{figures}\n")
    shipped(trainer.encoder, "support", {"figures": figures, "seed": seed, "rate": rate, "stages": STAGES})


class Trainer:
    """Holds the model and the data; one run is one seed."""

    def __init__(self, seed: int) -> None:
        import torch
        from sentence_transformers import CrossEncoder

        torch.manual_seed(seed)
        self._random = random.Random(seed)
        self.encoder = CrossEncoder(
            str(minilm_folder()), num_labels=1, max_length=_LONGEST, device="cpu",
            model_kwargs={"attn_implementation": "eager"},
        )  # fmt: skip
        self.model: Any = self.encoder.model if hasattr(self.encoder, "model") else self.encoder[0].auto_model
        every = authored()
        groups = sorted({e.group for e in every})
        random.Random(7).shuffle(groups)
        held_out = set(groups[:60])
        self.held_out = [e for e in every if e.group in held_out]
        self._pools = {"authored": [e for e in every if e.group not in held_out], "squad": squad()}
        self._pools["join"] = banks() + self._pools["authored"]

    def run(self, stages: Sequence[tuple[str, int]], rate: float) -> None:
        """Train through the stages, each with its own warm-up and linear decay."""
        for name, epochs in stages:
            if self._pools[name]:
                self._stage(self._pools[name], epochs, rate)

    def _stage(self, pool: Sequence[Example], epochs: int, rate: float) -> None:
        import torch

        optimiser = torch.optim.AdamW(self.model.parameters(), lr=rate, weight_decay=0.01)
        total, step = epochs * (len(pool) // _BATCH + 1), 0
        for _ in range(epochs):
            for batch in self._batches(pool):
                for group in optimiser.param_groups:
                    group["lr"] = rate * min(1.0, step / max(1, total // 10)) * max(0.02, 1 - step / total)
                loss = self._loss(batch)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
                step += 1
                if step % 100 == 0:
                    sys.stdout.write(f"{step}/{total} {float(loss):.3f}\n")

    def _batches(self, pool: Sequence[Example]) -> list[list[tuple[str, list[tuple[str, float]]]]]:
        drawn = [self._drawn(example) for example in pool]
        drawn.sort(key=lambda d: sum(len(t) for t, _ in d[1]) / len(d[1]) + len(d[0]) + self._random.random() * 40)
        batches = [drawn[start : start + _BATCH] for start in range(0, len(drawn), _BATCH)]
        self._random.shuffle(batches)
        return batches

    def _drawn(self, example: Example) -> tuple[str, list[tuple[str, float]]]:
        """The question, misspelt at times, up to three passages that answer it, and the most alike that do not."""
        wrong = [n for n in range(len(example.texts)) if n not in example.right]
        words = set(example.question.lower().split())
        wrong.sort(key=lambda n: (n != example.near, -len(words & set(example.texts[n].lower().split()))))
        hard = wrong[: _WRONG // 2 + (example.near >= 0)]
        rest = self._random.sample(wrong[len(hard) :], min(len(wrong) - len(hard), max(0, _WRONG - len(hard))))
        right = sorted(example.right)
        if len(right) > 3:
            right = self._random.sample(right, 3)
        pairs = [(example.texts[n], 1.0) for n in right] + [(example.texts[n], 0.0) for n in [*hard, *rest]]
        return noisy(example.question, self._random), pairs

    def _loss(self, batch: Sequence[tuple[str, list[tuple[str, float]]]]) -> Any:
        import torch
        from torch.nn import functional

        logits = self._logits([(question, text) for question, pairs in batch for text, _ in pairs]).float()
        target = torch.tensor([right for _, pairs in batch for _, right in pairs])
        loss = functional.binary_cross_entropy_with_logits(logits, target)
        start, among = 0, logits.new_zeros(())
        for _, pairs in batch:
            own, goal = logits[start : start + len(pairs)], target[start : start + len(pairs)]
            choice = functional.log_softmax(torch.cat([own, own.new_zeros(1)]), 0)
            goal = torch.cat([goal, goal.new_tensor([float(goal.sum() == 0)])])
            among = among - (choice * goal / goal.sum()).sum()
            start += len(pairs)
        return loss + 0.3 * among / len(batch)

    def _logits(self, pairs: Sequence[tuple[str, str]]) -> Any:
        import torch

        # Few shapes: for each new one the processor's library compiles its kernels again, which took most of the time.
        padded = [*pairs, *[pairs[-1]] * (-len(pairs) % 16)]
        encoded = self.encoder.tokenizer(
            [a for a, _ in padded], [b for _, b in padded], padding=True, pad_to_multiple_of=16,
            truncation="longest_first", max_length=_LONGEST, return_tensors="pt",
        )  # fmt: skip
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self.model(**encoded).logits.squeeze(-1)[: len(pairs)]

    def report(self) -> dict[str, float]:
        """On passages held out: AUC of the best passage, answerable against not; share of first choices right."""
        import torch
        from sklearn.metrics import roc_auc_score

        self.model.eval()
        best, answerable, first = [], [], []
        with torch.no_grad():
            for example in self.held_out:
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
    main(*(int(a) for a in sys.argv[1:2]))

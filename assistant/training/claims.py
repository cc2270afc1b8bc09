"""Trains the claim model, which says whether a text says what a sentence says: `python -m assistant.training.claims`.

From the support model's training (or a folder given as the first argument): authored claims, edits of plain sentences,
and public sets in the first epoch. Evidences held out give calibration, threshold and the figures of the card.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.claim_evaluation import Item, report
from assistant.claim_model import MAX_TOKENS, features, load_claim_model, probability
from assistant.training.claim_data import Authored, Pair, authored, edited, public
from assistant.training.export import quantised
from assistant.verification import Verifier

EPOCHS, RATE, BATCH, EDITED = 5, 1.2e-4, 32, 1500
ALLOWED = 0.02  # share of unsupported claims that may pass the whole verifier


def main(seed: int = 1) -> None:
    """Train, calibrate, and write models/claims.onnx with its card."""
    start = Path(sys.argv[1]) if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir() else None
    with tempfile.TemporaryDirectory() as scratch:
        trainer = Trainer(seed, start)
        trainer.run()
        trainer.encoder.save_pretrained(scratch)
        ship(Path(scratch), seed)


class Trainer:
    """Holds the model and the data; one run is one seed."""

    def __init__(self, seed: int, start: Path | None) -> None:
        import torch
        from sentence_transformers import CrossEncoder

        torch.manual_seed(seed)
        self._random = random.Random(seed)
        if start is None:
            self.encoder = _support(seed)
        else:
            self.encoder = CrossEncoder(
                str(start), num_labels=1, device="cpu", model_kwargs={"attn_implementation": "eager"}
            )
        self.model: Any = self.encoder.model if hasattr(self.encoder, "model") else self.encoder[0].auto_model
        self.pairs = [pair for told in authored() if not told.held_out for pair in told.pairs()]

    def run(self) -> None:
        """Train through the epochs with a warm-up and a linear decay; the last epoch sees authored claims alone."""
        import torch

        optimiser = torch.optim.AdamW(self.model.parameters(), lr=RATE, weight_decay=0.01)
        epochs = [self._drawn(epoch) for epoch in range(EPOCHS)]
        total, step = sum(len(batches) for batches in epochs), 0
        for batches in epochs:
            for batch in batches:
                for group in optimiser.param_groups:
                    group["lr"] = RATE * min(1.0, (step + 1) / 100) * max(0.02, 1 - step / total)
                loss = self._loss(batch)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
                step += 1
                if step % 50 == 0:
                    sys.stdout.write(f"{step}/{total} {float(loss):.3f}\n")

    def _drawn(self, epoch: int) -> list[list[Pair]]:
        pairs = [*self.pairs]
        if epoch < EPOCHS - 1:
            pairs += edited(self._random, EDITED)
        if epoch == 0:
            pairs += public()
        pairs.sort(key=lambda pair: len(pair.claim) + len(pair.evidence) + self._random.random() * 60)
        batches = [pairs[at : at + BATCH] for at in range(0, len(pairs), BATCH)]
        self._random.shuffle(batches)
        return batches

    def _loss(self, batch: Sequence[Pair]) -> Any:
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits

        told = self.encoder.tokenizer(
            [pair.claim for pair in batch], [pair.evidence for pair in batch], padding=True, truncation="longest_first",
            max_length=MAX_TOKENS, return_tensors="pt",
        )  # fmt: skip
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.model(**told).logits.squeeze(-1)
        truth, weights = (torch.tensor([getattr(p, name) for p in batch]) for name in ("supported", "weight"))
        losses = binary_cross_entropy_with_logits(logits.float(), truth, reduction="none")
        return (losses * weights).sum() / weights.sum()


def _support(seed: int) -> Any:
    """The weights from which the support model is made as well: it has learned to read two texts together."""
    from assistant.training.support import Trainer as SupportTrainer

    trainer = SupportTrainer(seed)
    trainer.run((("squad", 1), ("authored", 1)), 1e-4)
    return trainer.encoder


def ship(saved: Path, seed: int) -> Path:
    """Quantise, calibrate on evidences held out, set the threshold, and write model and card with the figures."""
    plain = {"calibration": {"logit": 1.0}, "threshold": 0.5, "seed": seed, "max_tokens": MAX_TOKENS}
    target = quantised(saved, "claims", plain)
    held_out = [told for told in authored() if told.held_out]
    weights = calibrated(rows_of(held_out))
    threshold = cut(rows_of(held_out), weights)
    quantised(saved, "claims", {**plain, "calibration": weights, "threshold": threshold})
    model = load_claim_model()
    told = report(items(held_out), Verifier(model, model.threshold)).to_json()
    figures = {name: share for name, share in told.items() if ":" not in name}
    card = {**plain, "calibration": weights, "threshold": threshold, "figures": figures, "by_type": told}
    sys.stdout.write(f"{figures}\n")
    return quantised(saved, "claims", card) if target else target


def items(evidences: Sequence[Authored]) -> list[Item]:
    """The claims of these evidences, as `evaluate --claims` reads them."""
    return [
        Item(f"{told.origin}-{number}", (told.evidence,), told.heading, text, supported, kind)
        for told in evidences
        for number, (text, supported, kind) in enumerate(told.claims)
    ]


def rows_of(evidences: Sequence[Authored]) -> list[tuple[dict[str, float], bool]]:
    """(what the calibration weighs, supported) for each claim that the surface checks let through to the model."""
    model = load_claim_model()
    asked: list[tuple[str, str]] = []

    class Listening:
        def support(self, evidence: str, claim: str) -> float:
            asked.append((evidence, claim))
            return 0.0

    kept: list[tuple[tuple[str, str], bool]] = []
    verifier = Verifier(Listening())
    for item in items(evidences):
        before = len(asked)
        verifier.judge(item.evidence, item.claim, item.heading)
        if len(asked) > before:
            kept.append((asked[-1], item.supported))
    logits = model.logits([pair for pair, _ in kept])
    return [(features(*pair, logit), supported) for (pair, supported), logit in zip(kept, logits, strict=True)]


def calibrated(rows: Sequence[tuple[dict[str, float], bool]]) -> dict[str, float]:
    """The weights of the logistic that turns logit and copying into a probability."""
    from sklearn.linear_model import LogisticRegression

    names = list(rows[0][0])
    fitted = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000)
    fitted.fit([[told[name] for name in names] for told, _ in rows], [supported for _, supported in rows])
    return {name: round(float(weight), 4) for name, weight in zip(names, fitted.coef_[0], strict=True)}


def cut(rows: Sequence[tuple[dict[str, float], bool]], weights: Mapping[str, float], share: float = ALLOWED) -> float:
    """The threshold above which about `share` of all unsupported claims pass. The surface checks stop half before."""
    wrong = sorted((probability(told, weights) for told, supported in rows if not supported), reverse=True)
    allowed = int(2 * share * len(wrong))
    return round(min(0.99, wrong[min(allowed, len(wrong) - 1)] + 0.0005), 4)


if __name__ == "__main__":
    main()

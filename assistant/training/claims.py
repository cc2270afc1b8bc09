"""Trains the claim models, which say whether a text says what a sentence says: `python -m assistant.training.claims`.

Two from the support model as it was saved (`--start FOLDER`: it has learned to read two texts together), on the older
authored claims and on all, with other settings. A quarter of the evidences of claims1 and claims2 is held out: it gives
calibration, threshold and the figures of the card. With `--tune-only` the shipped models stay, and these are made anew.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.claim_evaluation import Item, report
from assistant.claim_model import MAX_TOKENS, NAMES, features, load_claim_model, probability
from assistant.shipped import MODELS
from assistant.training.claim_data import Authored, Pair, authored
from assistant.training.descent import descend, filled
from assistant.training.export import quantised
from assistant.training.swaps import opposed
from assistant.verification import Verifier
from index.encoders import minilm_folder

BATCH, PAIRWISE = 32, 0.5
AVERAGED = 0.6  # the share of the steps after which the weights are averaged
OPPOSED = 0.5  # share of supported claims that are also shown with one word turned into its opposite
ALLOWED = 0.016  # share of unsupported claims held out that may pass the whole verifier; the limit is 2 %
FOLDS, ROUNDS = 5, 6


@dataclass(frozen=True, slots=True)
class Run:
    """How one of the models is trained: on the files of claims up to `last_file`, the lowest layers frozen."""

    seed: int
    epochs: int
    rate: float
    frozen_layers: int
    last_file: int


# The second that ships came about in two steps, as its card tells.
RUNS = (Run(1, 3, 1.4e-4, 2, 15), Run(2, 3, 1.0e-4, 1, 99))


def main() -> None:
    """Read the options, and train or tune."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--start", type=Path)
    told.add_argument("--tune-only", action="store_true")
    asked = told.parse_args()
    if asked.tune_only:
        tune()
    else:
        train(asked.start)


def train(start: Path | None = None) -> None:
    """Train from the support model saved in `start`, write models/claims.onnx and claims2.onnx, and tune them."""
    for name, run in zip(NAMES, RUNS, strict=True):
        with tempfile.TemporaryDirectory() as scratch:
            trainer = Trainer(run, start)
            trainer.run()
            trainer.encoder.save_pretrained(scratch)
            quantised(Path(scratch), name, {"max_tokens": MAX_TOKENS, "run": asdict(run)})
    tune()


class Trainer:
    """Holds the model and the data of one run."""

    def __init__(self, run: Run, start: Path | None) -> None:
        import torch
        from sentence_transformers import CrossEncoder

        self._run = run
        torch.manual_seed(run.seed)
        self._random = random.Random(run.seed)
        self.encoder = CrossEncoder(
            str(start or minilm_folder()), num_labels=1, device="cpu", model_kwargs={"attn_implementation": "eager"}
        )
        self.model: Any = self.encoder.model if hasattr(self.encoder, "model") else self.encoder[0].auto_model
        for name, weight in self.model.named_parameters():
            if "embeddings" in name or any(f"layer.{layer}." in name for layer in range(run.frozen_layers)):
                weight.requires_grad_(False)
        self._learned = [told for told in authored() if not told.held_out and told.file <= run.last_file]

    def run(self) -> None:
        """Train through the epochs with a warm-up and a linear decay; the mean of the last steps' weights is kept."""
        import torch

        learned = [weight for weight in self.model.parameters() if weight.requires_grad]
        batches = [batch for _ in range(self._run.epochs) for batch in self._drawn()]
        mean: list[Any] = []

        def averaged(step: int) -> None:
            if step > AVERAGED * len(batches):
                mean[:] = mean or [weight.detach().clone() for weight in learned]
                for kept, weight in zip(mean, learned, strict=True):
                    kept.lerp_(weight.detach(), 0.02)

        descend(learned, batches, len(batches), self._run.rate, self._loss, averaged)
        with torch.no_grad():
            for kept, weight in zip(mean, learned, strict=True):
                weight.copy_(kept)

    def _drawn(self) -> list[list[Pair]]:
        """The batches of one epoch: all of 32 pairs, those of one evidence together, of about one length."""
        order = sorted(self._learned, key=lambda told: len(told.evidence) + self._random.random() * 60)
        pairs = [pair for told in order for own in told.pairs() for pair in (own, *self._opposed(own))]
        batches = [pairs[at : at + BATCH] for at in range(0, len(pairs) - BATCH // 2, BATCH)]
        self._random.shuffle(batches)
        return batches

    def _opposed(self, pair: Pair) -> list[Pair]:
        """A supported claim again with one word turned into its opposite: no longer supported."""
        if not pair.supported or self._random.random() > OPPOSED:
            return []
        changed = opposed(pair.claim, self._random)
        return [Pair(changed, pair.evidence, 0.0)] if changed else []

    def _loss(self, batch: Sequence[Pair]) -> Any:
        """Cross-entropy for each claim, and for each two claims of one evidence the supported one before the other."""
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits, softplus

        padded = filled(batch, BATCH)
        told = self.encoder.tokenizer(
            [pair.claim for pair in padded], [pair.evidence for pair in padded], padding=True, pad_to_multiple_of=32,
            truncation="longest_first", max_length=MAX_TOKENS, return_tensors="pt",
        )  # fmt: skip
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.model(**told).logits.squeeze(-1)[: len(batch)].float()
        truth = torch.tensor([pair.supported for pair in batch])
        loss = binary_cross_entropy_with_logits(logits, truth)
        same = torch.tensor([[one.evidence == other.evidence for other in batch] for one in batch])
        rivals = same & (truth[:, None] > 0.5) & (truth[None, :] < 0.5)
        if rivals.any():
            loss = loss + PAIRWISE * softplus(logits[None, :] - logits[:, None])[rivals].mean()
        return loss


@dataclass(frozen=True, slots=True)
class Row:
    """A claim that was held out: what the calibration weighs, None where the surface checks decide."""

    told: Mapping[str, float] | None
    passed: bool
    supported: bool
    evidence: str


def tune() -> None:
    """Calibrate the shipped models on evidences held out, set the threshold, and write the card with the figures."""
    path = MODELS / f"{NAMES[0]}.json"
    card = json.loads(path.read_text())

    def written(**told: Any) -> None:
        card.update(told)
        path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")

    held_out = [told for told in authored() if told.held_out]
    pair = [json.loads((MODELS / f"{name}.json").read_text())["sha256"] for name in NAMES]
    plain = dict.fromkeys(features("", "", [0.0] * len(NAMES)), 1.0)  # what the models themselves say needs no other
    written(calibration=plain, threshold=1.0, pair=pair)
    rows = rows_of(held_out)
    weights = calibrated(rows)
    wrong = sum(not row.supported for row in rows)
    threshold = cut([p for p, row in cross_fitted(rows) if not row.supported], int(ALLOWED * wrong))
    written(calibration=weights, threshold=threshold)
    model = load_claim_model()
    told = report(items(held_out), Verifier(model, model.threshold)).to_json()
    figures = {name: share for name, share in told.items() if ":" not in name}
    written(
        figures=figures, five_fold=five_fold(rows),
        by_type={name: share for name, share in told.items() if ":" in name},
    )  # fmt: skip
    sys.stdout.write(f"{figures}\n{card['five_fold']}\n")


def items(evidences: Sequence[Authored]) -> list[Item]:
    """The claims of these evidences, as `evaluate --claims` reads them."""
    return [
        Item(f"{told.origin}-{number}", (told.evidence,), told.heading, text, supported, kind)
        for told in evidences
        for number, (text, supported, kind) in enumerate(told.claims)
    ]


def rows_of(evidences: Sequence[Authored]) -> list[Row]:
    """One row for each claim, with what the calibration weighs where the surface checks let it through to the model."""
    model = load_claim_model()
    asked: list[tuple[str, str]] = []

    class Listening:
        def support(self, evidence: str, claim: str) -> float:
            asked.append((evidence, claim))
            return 0.0

    verifier, rows = Verifier(Listening()), []
    for item in items(evidences):
        asked.clear()
        verdict = verifier.judge(item.evidence, item.claim, item.heading)
        told = features(*asked[0], model.logits(asked)[0]) if asked else None
        rows.append(Row(told, verdict.passed, item.supported, item.evidence[0]))
    return rows


def calibrated(rows: Sequence[Row]) -> dict[str, float]:
    """The weights of the logistic that turns what the calibration weighs into a probability."""
    from sklearn.linear_model import LogisticRegression

    judged = [(row.told, row.supported) for row in rows if row.told is not None]
    names = list(judged[0][0])
    fitted = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000)
    fitted.fit([[told[name] for name in names] for told, _ in judged], [supported for _, supported in judged])
    return {name: round(float(weight), 4) for name, weight in zip(names, fitted.coef_[0], strict=True)}


def cross_fitted(rows: Sequence[Row]) -> list[tuple[float, Row]]:
    """(probability, row) of every judged claim, calibrated on the other four fifths of evidences."""
    folds, found = _folds(rows, 0), []
    for fold in range(FOLDS):
        weights = calibrated([row for row in rows if folds[row.evidence] != fold])
        own = [row for row in rows if folds[row.evidence] == fold]
        found += [(probability(row.told, weights), row) for row in own if row.told is not None]
    return found


def five_fold(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Shares that pass when calibration and threshold come from the other evidences, for several limits."""
    told = {}
    for share in (0.01, ALLOWED, 0.02, 0.05, 0.1):
        passed = {True: 0, False: 0}
        for seed in range(ROUNDS):
            folds = _folds(rows, seed)
            for fold in range(FOLDS):
                others = [row for row in rows if folds[row.evidence] != fold]
                wrong = sum(not row.supported for row in others)
                threshold = cut([p for p, row in cross_fitted(others) if not row.supported], int(share * wrong))
                weights = calibrated(others)
                for row in rows:
                    if folds[row.evidence] == fold:
                        sure = row.told is not None and probability(row.told, weights) >= threshold
                        passed[row.supported] += row.passed or sure
        both = {side: ROUNDS * sum(row.supported is side for row in rows) for side in passed}
        told[f"{share:.1%}"] = {
            "supported": round(passed[True] / both[True], 4), "unsupported": round(passed[False] / both[False], 4),
        }  # fmt: skip
    return told


def _folds(rows: Sequence[Row], seed: int) -> dict[str, int]:
    evidences = sorted({row.evidence for row in rows})
    random.Random(seed).shuffle(evidences)
    return {evidence: number % FOLDS for number, evidence in enumerate(evidences)}


def cut(wrong: Sequence[float], allowed: int) -> float:
    """The threshold above which `allowed` of the unsupported claims with these probabilities pass."""
    ranked = sorted(wrong, reverse=True)
    return round(min(0.99, ranked[min(allowed, len(ranked) - 1)] + 0.0005), 4)


if __name__ == "__main__":
    main()

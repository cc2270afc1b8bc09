"""Trains the reader, which sees a question with a whole paragraph: `python -m assistant.training.reader FOLDER`.

FOLDER holds the float weights of a support model (`training/support.py --save`). Each unit of the paragraph gets a
logit from its tokens' states; the losses are those of the support model, over all units at once. Beside them, on
SQuAD 2.0 only, the answer itself is to be found, from its first token to its last, or the first token of all where
there is none: that head is not shipped.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.training.descent import descend, filled
from assistant.training.export import quantised
from assistant.training.support import noisy
from assistant.training.support_data import Example, apart, banks, elsewhere, paragraphs, squad
from assistant.training.swaps import swapped

_LONGEST, _QUESTION, _HEADING = 320, 64, 24  # tokens
_BATCH = 16  # questions
_CHANGED = 0.35  # share of SQuAD's answered questions that are also asked with one thing changed
_ELSEWHERE = 0.1  # share of the questions that are also asked of another paragraph
_AMONG, _BEFORE, _SPAN = 0.5, 0.3, 0.25  # weights of the losses
Asked = tuple[str, Example, frozenset[int]]  # a question as typed, its paragraph, the units that answer it


def main() -> None:
    """Read the options, and train."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("start", type=Path)
    told.add_argument("--seed", type=int, default=1)
    told.add_argument("--rate", type=float, default=1e-4)
    train(**vars(told.parse_args()))


def train(start: Path, seed: int = 1, rate: float = 1e-4) -> None:
    """One epoch over everything; report on passages held out, and write models/reader.onnx with its card."""
    trainer = Trainer(start, seed)
    trainer.run(rate)
    figures = trainer.report()
    sys.stdout.write(f"{figures}\n")
    trainer.ship({"figures": figures, "seed": seed, "rate": rate})


class Trainer:
    """Holds the model and the data; one run is one seed."""

    def __init__(self, start: Path, seed: int) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(seed)
        self._random = random.Random(seed)
        self._tokenizer = AutoTokenizer.from_pretrained(start)
        self.body: Any = AutoModel.from_pretrained(start, attn_implementation="eager", add_pooling_layer=False)
        self.body.embeddings.word_embeddings.requires_grad_(False)
        size = self.body.config.hidden_size
        self.unit = torch.nn.Sequential(torch.nn.Linear(3 * size, size), torch.nn.Tanh(), torch.nn.Linear(size, 1))
        self.span = torch.nn.Linear(size, 2)
        given, self.held_out = apart()
        self._data = given + squad()
        self._data += elsewhere(self._data, self._random, _ELSEWHERE) + paragraphs(banks(), self._random)

    def run(self, rate: float) -> None:
        """One epoch with a warm-up and a linear decay."""
        batches = self._batches()
        learned = [p for part in (self.body, self.unit, self.span) for p in part.parameters() if p.requires_grad]
        descend(learned, batches, len(batches), rate, self._loss)

    def _batches(self) -> list[list[Asked]]:
        asked: list[Asked] = []
        for example in self._data:
            asked.append((noisy(example.question, self._random), example, example.right))
            if example.right and example.group.startswith("squad") and self._random.random() < _CHANGED:
                answering = example.units[min(example.right)]
                if changed := swapped(example.question, answering, example.units, self._random):
                    asked.append((changed, example, frozenset()))
        asked.sort(key=lambda a: sum(map(len, a[1].units)) + len(a[0]) + self._random.random() * 120)
        batches = [asked[at : at + _BATCH] for at in range(0, len(asked), _BATCH)]
        self._random.shuffle(batches)
        return batches

    def _tokens(self, question: str, example: Example) -> tuple[list[int], list[int], list[int], tuple[int, int]]:
        """(token ids, token types, the unit of each token or -1, first and last token of SQuAD's answer)."""

        def cut(text: str, most: int) -> list[int]:
            found: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
            return found[:most]

        first, end = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        ids = [first, *cut(question, _QUESTION), end]
        asked = len(ids)
        ids += cut(example.heading, _HEADING) + cut(":", 1)
        owner = [-1] * len(ids)
        answer = (0, 0)
        for number, unit in enumerate(example.units):
            told = self._tokenizer(unit, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            room = max(0, _LONGEST - len(ids) - 1)
            if example.span and example.span[0] == number:
                _, start, stop = example.span
                places = enumerate(told["offset_mapping"][:room])
                if hit := [n for n, (a, b) in places if a < stop and b > start]:
                    answer = (len(ids) + hit[0], len(ids) + hit[-1])
            ids += told["input_ids"][:room]
            owner += [number] * len(told["input_ids"][:room])
        return [*ids, end], [0] * asked + [1] * (len(ids) + 1 - asked), [*owner, -1], answer

    def _read(self, rows: Sequence[tuple[list[int], list[int], list[int], tuple[int, int]]]) -> tuple[Any, Any, Any]:
        """(a logit for each unit, shape (rows, units); for each token as first and last of the answer; owners)."""
        import torch
        from torch.nn import functional

        rows = filled(rows, _BATCH)
        longest = max(len(row[0]) for row in rows)
        longest += -longest % 16
        ids, types, mask = (torch.zeros(len(rows), longest, dtype=torch.long) for _ in range(3))
        owner = torch.full_like(ids, -1)
        for n, (row_ids, row_types, row_owner, _) in enumerate(rows):
            ids[n, : len(row_ids)] = torch.tensor(row_ids)
            types[n, : len(row_ids)] = torch.tensor(row_types)
            mask[n, : len(row_ids)] = 1
            owner[n, : len(row_ids)] = torch.tensor(row_owner)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.body(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        states = states.float()
        count = int(owner.max()) + 1
        belongs = functional.one_hot(owner + 1, count + 1)[:, :, 1:].float()
        mean = torch.einsum("btu,bth->buh", belongs, states) / belongs.sum(1).clamp(min=1)[:, :, None]
        highest = [states.masked_fill((owner != n)[:, :, None], -1e4).amax(1) for n in range(count)]
        first = states[:, :1].expand(-1, count, -1)
        seen = torch.cat([mean, torch.stack(highest, 1).clamp(min=-50), first], -1)
        return self.unit(seen).squeeze(-1), self.span(states), owner

    def _loss(self, batch: Sequence[Asked]) -> Any:
        import torch
        from torch.nn import functional

        rows = [self._tokens(question, example) for question, example, _ in batch]
        logits, ends, owner = self._read(rows)
        singly: list[Any] = []
        yes: list[Any] = []
        no: list[Any] = []
        among = logits.new_zeros(())
        for n, (_, _, right) in enumerate(batch):
            units = sorted({unit for unit in rows[n][2] if unit >= 0})
            own, goal = logits[n, units], torch.tensor([float(unit in right) for unit in units])
            weight = torch.where(goal > 0, 1.0, min(1.0, 3 / len(units)))
            each = functional.binary_cross_entropy_with_logits(own, goal, reduction="none")
            singly.append((each * weight).sum() / weight.sum())
            choice = functional.log_softmax(torch.cat([own, own.new_zeros(1)]), 0)
            wanted = torch.cat([goal, torch.tensor([float(goal.sum() == 0)])])
            among = among - (choice * wanted / wanted.sum()).sum()
            (yes if goal.any() else no).append(own[goal > 0].max() if goal.any() else own.max())
        loss = torch.stack(singly).mean() + _AMONG * among / len(batch)
        if yes and no:
            loss = loss + _BEFORE * functional.softplus(torch.stack(no)[None] - torch.stack(yes)[:, None]).mean()
        told = [n for n, (_, e, right) in enumerate(batch) if e.group.startswith("squad") and (not right or e.span)]
        if told:
            open_to = (owner >= 0) | (torch.arange(owner.shape[1])[None] == 0)
            ends = ends.masked_fill(~open_to[:, :, None], -1e4)[told]
            goal = torch.tensor([rows[n][3] if batch[n][2] else (0, 0) for n in told])
            spans = [functional.cross_entropy(ends[:, :, side], goal[:, side]) for side in (0, 1)]
            loss = loss + _SPAN * sum(spans) * len(told) / len(batch)
        return loss

    def report(self) -> dict[str, dict[str, float]]:
        """On passages held out: AUC of the best unit, answerable against not; share of first choices right."""
        import torch
        from sklearn.metrics import roc_auc_score

        self.body.eval()
        figures = {}
        with torch.no_grad():
            for name, examples in self.held_out.items():
                best, answerable, first = [], [], []
                for at in range(0, len(examples), _BATCH):
                    few = examples[at : at + _BATCH]
                    rows = [self._tokens(example.question, example) for example in few]
                    for example, row, logits in zip(few, rows, self._read(rows)[0].tolist(), strict=False):
                        units = sorted({unit for unit in row[2] if unit >= 0})
                        best.append(max(logits[unit] for unit in units))
                        answerable.append(bool(example.right))
                        if len(example.right) == 1:
                            first.append(logits.index(max(logits[unit] for unit in units)) in example.right)
                auc = round(float(roc_auc_score(answerable, best)), 4)
                right = round(sum(first) / len(first), 4)
                figures[name] = {"questions": len(best), "gate_auc": auc, "first_right": right}
        self.body.train()
        return figures

    def ship(self, card: dict[str, Any]) -> None:
        """models/reader.onnx and its card."""
        from safetensors.torch import save_file

        weights = {f"bert.{name}": value.contiguous() for name, value in self.body.state_dict().items()}
        weights |= {f"unit.{name}": value.contiguous() for name, value in self.unit.state_dict().items()}
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            save_file(weights, str(folder / "model.safetensors"))
            self.body.config.save_pretrained(folder)
            quantised(folder, "reader", {"what": WHAT, "max_tokens": _LONGEST, **card})


WHAT = "all-MiniLM-L6-v2 as a reader of paragraphs: which of these units, read together, answers this question? int8"


if __name__ == "__main__":
    main()

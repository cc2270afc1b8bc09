from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.claim_evaluation import report
from assistant.claim_model import NAMES, features, focused, load_claim_model, probability
from assistant.shipped import MODELS
from assistant.training.claim_data import HOLDING, authored
from assistant.training.claims import items
from assistant.verification import Verifier
from corpus.errors import ModelError
from index.onnx_models import checked

EVIDENCE = "Light therapy helps about 60-80% of people with winter depression. It may cause headache. | Light therapy"


@pytest.mark.skipif(not (MODELS / "claims.json").is_file(), reason="the claim model is not shipped yet: make train")
class TestTheShippedClaimModel:
    @pytest.mark.parametrize("name", NAMES)
    def test_is_the_files_of_its_cards_and_small(self, name: str) -> None:
        card = json.loads((MODELS / f"{name}.json").read_text())

        assert checked(MODELS / f"{name}.onnx", card["sha256"]).stat().st_size <= 30_000_000

    def test_asks_both_models(self) -> None:
        (told,) = load_claim_model().logits([(EVIDENCE, "Headache may occur.")])

        assert len(set(told)) == len(NAMES)

    def test_says_the_same_alone_and_among_others(self) -> None:
        model = load_claim_model()
        pairs = [(EVIDENCE, "Headache may occur."), (EVIDENCE, "Light therapy is a lamp."), (EVIDENCE, "x")]

        together = model.supports(pairs)

        assert [model.support(*pair) for pair in pairs] == pytest.approx(together, abs=1e-6)
        assert model.supports([]) == []

    def test_finds_a_part_of_the_source_more_likely_than_what_is_not_in_it(self) -> None:
        model = load_claim_model()

        assert model.support(EVIDENCE, "It may cause headache.") > model.support(EVIDENCE, "It may lower blood sugar.")

    def test_keeps_to_its_card_on_evidences_it_has_not_learned_from(self) -> None:
        """The two figures that may not fail: what is unsupported, and among it what has another figure."""
        model = load_claim_model()
        held_out = [told for told in authored() if told.held_out]
        told = report(items(held_out), Verifier(model, model.threshold)).to_json()
        card = json.loads((MODELS / "claims.json").read_text())["figures"]

        assert told["unsupported"]["share"] <= 0.03
        for side in ("supported", "unsupported"):  # another processor may round an int8 product otherwise
            assert abs(told[side]["passed"] - card[side]["passed"]) <= 3
        assert told["unsupported: changed-figure"]["passed"] == 0

    @pytest.mark.parametrize("missing", NAMES)
    def test_of_which_one_is_missing_is_none(self, tmp_path: Path, missing: str) -> None:
        for name in set(NAMES) - {missing}:
            for file in (f"{name}.json", f"{name}.onnx"):
                (tmp_path / file).symlink_to(MODELS / file)

        with pytest.raises(ModelError, match=f"{missing}\\.json"):
            load_claim_model(tmp_path)

    def test_whose_calibration_is_of_others_is_none(self, tmp_path: Path) -> None:
        for name in NAMES:
            (tmp_path / f"{name}.onnx").symlink_to(MODELS / "claims.onnx")
            (tmp_path / f"{name}.json").symlink_to(MODELS / "claims.json")

        with pytest.raises(ModelError, match="not of these"):
            load_claim_model(tmp_path)

    def test_is_not_sure_of_what_is_no_number(self) -> None:
        assert probability({"logit 1": float("nan")}, {"logit 1": 1.0}) == 0.0

    def test_that_is_damaged_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "claims.onnx"
        path.write_bytes(b"damaged")

        with pytest.raises(ModelError, match="damaged"):
            checked(path, "0" * 64)


class TestWhatTheModelReads:
    def test_of_a_short_source_is_all_of_it(self) -> None:
        assert focused(EVIDENCE, "anything") == EVIDENCE

    def test_of_a_long_source_are_the_sentences_nearest_to_the_claim_and_the_heading(self) -> None:
        filler = " ".join(f"Sentence number {n} speaks of quite other things altogether." for n in range(60))
        read = focused(f"{filler} Magnesium eases cramps at night. | Minerals", "Magnesium helps against cramps.")

        assert "Magnesium eases cramps at night." in read
        assert read.endswith("| Minerals")
        assert len(read.split()) <= 120

    def test_is_not_relied_on_for_a_claim_in_quite_other_words(self) -> None:
        other = "Investing in shares yields gains, though investors face losses, taxes, fees and falling prices."

        told, near = (features(EVIDENCE, claim, (9.0, 8.0)) for claim in (other, "It may cause headache."))

        assert told["logit 1"] == told["logit 2"] < 0
        assert (near["logit 1"], near["logit 2"]) == (9.0, 8.0)

    @pytest.mark.parametrize("logit", [-1e9, -3.0, 0.0, 3.0, 1e9])
    def test_gives_a_probability_whatever_the_logit(self, logit: float) -> None:
        assert 0.0 <= probability(features(EVIDENCE, "x", [logit]), {"bias": -1.0, "logit 1": 1.0}) <= 1.0


class TestTheTrainingData:
    def test_has_each_evidence_once_and_both_kinds_of_claim_for_it(self) -> None:
        told = authored()

        assert len({one.evidence for one in told}) == len(told)
        assert all({supported for _, supported, _ in one.claims} == {True, False} for one in told)

    def test_holds_a_quarter_of_the_evidences_out_that_came_with_the_project(self) -> None:
        told = [one for one in authored() if one.origin in HOLDING]

        assert 0.2 <= sum(one.held_out for one in told) / len(told) <= 0.3
        assert not any(one.held_out for one in authored() if one.origin not in HOLDING)

    def test_is_not_about_what_the_corpus_is_about(self) -> None:
        text = " ".join(f"{one.heading} {one.evidence}" for one in authored()).lower()

        assert "serotonin deficiency" not in text

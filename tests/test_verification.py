from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answers import Claim
from assistant.bindings import unbound
from assistant.claim_evaluation import Item, best_accuracy, evaluate, read_items, report, write_verdicts
from assistant.provenance import tags_of
from assistant.verification import Verifier
from assistant.wording import unsupported_wording
from corpus.errors import CorpusError, ExpectedError
from corpus.passages import Passage, Unit

LIGHT = "Light therapy helps about 60-80% of people with winter depression."
HEADACHE = "It may cause headache."


class Sure:
    """A claim model that believes everything, so that the other checks can be seen."""

    def support(self, evidence: str, claim: str) -> float:
        return 0.97


class Says:
    def __init__(self, value: float) -> None:
        self.value = value

    def support(self, evidence: str, claim: str) -> float:
        return self.value


class Broken:
    def support(self, evidence: str, claim: str) -> float:
        raise RuntimeError("gone")


def passage(number: int, text: str, heading: str = "Light therapy") -> Passage:
    return Passage(
        f"light#s~{number}", "light", "Light", "v1", ("Light", heading), Unit.SENTENCE, text, 10, 10 + len(text), number
    )  # fmt: skip


PASSAGES = (passage(1, LIGHT), passage(2, HEADACHE))


class TestASentenceOfThePassageItself:
    def test_is_supported_without_any_model(self) -> None:
        supported, citations, withheld = Verifier(None).verify([Claim(LIGHT, ("light#s~1",))], PASSAGES)

        assert [(c.text, c.citations, c.support) for c in supported] == [(LIGHT, (1,), 1.0)]
        assert [(c.number, c.quote, c.start, c.end) for c in citations] == [(1, LIGHT, 10, 10 + len(LIGHT))]
        assert withheld == ()

    def test_is_withheld_if_the_stored_text_is_another(self) -> None:
        def texts(document: str, version: str) -> str:
            return "x" * 200

        supported, _, withheld = Verifier(Sure()).verify([Claim(LIGHT, ("light#s~1",))], PASSAGES, texts)

        assert supported == ()
        assert "stored text" in withheld[0].reason

    def test_passes_if_the_stored_text_is_the_quotation(self) -> None:
        def texts(document: str, version: str) -> str:
            return "0123456789" + LIGHT

        supported, _, _ = Verifier(None).verify([Claim(LIGHT, ("light#s~1",))], PASSAGES, texts)

        assert len(supported) == 1


class TestAFrameThatOnlySaysWhoseStatementItIs:
    """No model: what passes here passes because the rest is the passage's own sentence."""

    @pytest.mark.parametrize("frame", ["The article says that ", "According to the text, ", "As the source notes, "])
    def test_may_stand_before_the_sentence_itself(self, frame: str) -> None:
        assert Verifier(None).judge([LIGHT], frame + LIGHT[0].lower() + LIGHT[1:]).passed

    @pytest.mark.parametrize("frame", ["A trial says that ", "The guideline says that ", "The article proves that "])
    def test_may_name_nothing_else(self, frame: str) -> None:
        assert not Verifier(None).judge([LIGHT], frame + LIGHT[0].lower() + LIGHT[1:]).passed

    def test_does_not_call_a_note_the_article_or_the_article_a_note(self) -> None:
        verifier = Verifier(None)

        for frame, title, true in (
            ("The article says that ", "An editor's note", False),
            ("The note says that ", "An editor's note", True),
            ("The note says that ", "Light", False),
        ):
            assert verifier.judge([HEADACHE], f"{frame}it may cause headache.", "", title).passed is true

    def test_does_not_let_another_sentence_through(self) -> None:
        assert not Verifier(Says(0.1), 0.5).judge([LIGHT], "The article says that lamps are cheap.").passed


class TestACheckerThatIsNotThere:
    CLAIM = Claim("Light therapy helps between 60 and 80 percent, roughly.", ("light#s~1",))

    def test_withholds(self) -> None:
        assert Verifier(None).verify([self.CLAIM], PASSAGES)[2]

    def test_withholds_when_it_breaks(self) -> None:
        verdict = Verifier(Broken()).judge([HEADACHE], "Headache may occur.")

        assert (verdict.passed, verdict.support) == (False, 0.0)
        assert "failed" in verdict.reason

    @pytest.mark.parametrize("value", [float("nan"), 1.5, -0.1, float("inf")])
    def test_withholds_when_it_gives_no_probability(self, value: float) -> None:
        assert not Verifier(Says(value)).judge([HEADACHE], "Headache may occur.").passed

    def test_withholds_below_the_threshold_and_passes_above(self) -> None:
        assert not Verifier(Says(0.79), 0.8).judge([HEADACHE], "Headache may occur.").passed
        assert Verifier(Says(0.81), 0.8).judge([HEADACHE], "Headache may occur.").passed


class TestCitations:
    def test_are_numbered_in_order_of_first_use_one_for_each_passage(self) -> None:
        claims = [
            Claim(HEADACHE, ("light#s~2",)),
            Claim(LIGHT, ("light#s~1", "light#s~2")),
            Claim(HEADACHE, ("light#s~2",)),
        ]
        supported, citations, _ = Verifier(None).verify(claims, PASSAGES)

        assert [claim.citations for claim in supported] == [(1,), (2, 1), (1,)]
        assert [citation.passage_id for citation in citations] == ["light#s~2", "light#s~1"]

    @pytest.mark.parametrize("ids", [(), ("light#s~9",), ("light#s~1", "light#s~9"), ("light#s~12",)])
    def test_of_nothing_or_of_what_was_not_given_withhold(self, ids: tuple[str, ...]) -> None:
        supported, citations, withheld = Verifier(Sure()).verify([Claim(LIGHT, ids)], PASSAGES)

        assert (supported, citations) == ((), ())
        assert "cites" in withheld[0].reason

    def test_that_were_swapped_withhold_both_sentences(self) -> None:
        claims = [
            Claim("It may cause headache, rarely.", ("light#s~1",)),
            Claim("About 60 to 80% are helped.", ("light#s~2",)),
        ]

        assert len(Verifier(Sure()).verify(claims, PASSAGES)[2]) == 2


class TestWordingThatGoesBeyondTheSource:
    @pytest.mark.parametrize(
        ("claim", "evidence", "reason"),
        [
            ("It causes headache.", "It may cause headache.", "“may cause”"),
            ("It always helps adults.", "It helps adults.", "stronger"),
            ("Stopping never ends the movements.", "Stopping does not always end the movements.", "never"),
            ("Poor sleep causes depression.", "Poor sleep is linked to depression.", "cause"),
            ("Adults should take vitamin D.", "Some adults take vitamin D.", "advice"),
            ("Exercise is the most effective treatment.", "Exercise is one treatment.", "comparison"),
            ("It helps children.", "It helps adults.", "children"),
            ("Most patients recover.", "Some patients recover.", "most"),
            ("Blood is checked weekly.", "Blood is checked monthly.", "week"),
            ("It is taken in the evening.", "It is taken in the morning.", "evening"),
            ("Give it after the first feed.", "Give it before the first feed.", "before"),
            ("The effect was large.", "The effect was small.", "small"),
            ("It raises the dose.", "It lowers the dose.", "fall"),
            ("According to the guideline, it helps.", "In one trial, it helped.", "guideline"),
            ("The work of Miller shows it.", "The work shows it.", "Miller"),
            ("It does not damage the heart.", "It damages the heart.", "denies"),
            ("It damages the heart.", "It does not damage the heart.", "denies"),
            ("Drug and placebo were equally good.", "The drug was better than placebo.", "difference"),
            ("A meta-analysis found it.", "A survey found it.", "meta-analysis"),
            ("Low serotonin causes depression.", "Low serotonin does not cause depression.", "denies"),
            ("Low serotonin causes depression.", "Low serotonin may cause depression.", "“may cause”"),
            ("Low serotonin causes depression.", "Low serotonin probably causes depression.", "hedges"),
            ("Exercise lowers the risk of it.", "Exercise does not lower the risk of it.", "denies"),
            ("Exercise lowers the risk of it.", "Exercise may lower the risk of it.", "“may lower”"),
        ],
    )
    def test_is_named(self, claim: str, evidence: str, reason: str) -> None:
        assert reason in (unsupported_wording(claim, [evidence]) or "")

    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("Headache can occur.", "It may cause headache."),
            ("A panic attack does no harm to the heart.", "A panic attack does not damage the heart."),
            ("Every case is early.", "All cases are early."),
            ("It is to be avoided in kidney failure.", "People with kidney failure should not take it."),
            ("Most recover.", "About 70% recover."),
            ("Low serotonin fails to cause depression.", "Low serotonin does not cause depression."),
            ("Low serotonin can cause depression.", "Low serotonin may cause depression."),
        ],
    )
    def test_in_other_words_is_let_through(self, claim: str, evidence: str) -> None:
        assert unsupported_wording(claim, [evidence]) is None


class TestWhatTheSourceKeepsApart:
    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("Haloperidol takes 60 mg.", "Lithium takes 60 mg and haloperidol takes 5 mg."),
            ("Most females die while some males survive.", "Most males die while some females survive."),
            ("It causes fever, tremor, rash and sweating.", "It causes fever, tremor and sweating."),
        ],
    )
    def test_may_not_be_joined(self, claim: str, evidence: str) -> None:
        assert unbound(claim, evidence)


class TestTheOppositeOfTheSource:
    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("Zinc shortens diarrhoea in poorly fed children.", "Zinc prolongs diarrhoea in poorly fed children."),
            ("In infants vomiting was less frequent with zinc.", "In infants vomiting was more frequent with zinc."),
            ("A cold receptor switches off cortisol release.", "A cold receptor increases cortisol release."),
            ("A false positive test is common early on.", "A false negative test is common early on."),
            ("Girls are more likely to persist than boys.", "Boys are more likely to persist than girls."),
            ("Cream matters more than shade.", "Shade matters more than cream, and it is cheap."),
            ("Vertigo causes crystals to slip away.", "Vertigo is caused by crystals that slip away."),
            ("The walls fell because worms tunnel there.", "Worms tunnel there because the walls fell."),
        ],
    )
    def test_is_withheld(self, claim: str, evidence: str) -> None:
        assert unbound(claim, evidence)

    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("Women eliminate the drug less quickly.", "Women eliminate the drug more slowly."),
            ("In infants vomiting was not less frequent.", "In infants vomiting was more frequent."),
            ("After a year writing took no longer than before.", "Writing took longer than before for a year."),
            ("Crystals that slip away cause vertigo.", "Vertigo is caused by crystals that slip away."),
            ("A fright is followed by a quicker beat.", "Digestion is slower, says the other leaflet."),
        ],
    )
    def test_is_not_seen_where_two_turns_make_the_same(self, claim: str, evidence: str) -> None:
        assert unbound(claim, evidence) is None


class TestAWholeSentenceOfTheSource:
    """No model: what passes here passes as the source's own sentence."""

    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("The usual dose is 1.", "The usual dose is 1.5 mg a day."),
            ("Do not combine it with St.", "Do not combine it with St. John's wort."),
            ("John's wort is a herb.", "Take care: St. John's wort is a herb."),
            ("It was described by J.", "It was described by J. Smith in 1990."),
            ("Take a light meal, e.g.", "Take a light meal, e.g. Bread or rice."),
            ("It lasts approx.", "It lasts approx. Two hours."),
            ("It helps.", "Nobody says that It helps. It does not."),
        ],
    )
    def test_ends_where_a_sentence_ends_and_begins_where_one_begins(self, claim: str, evidence: str) -> None:
        assert not Verifier(None).judge([evidence], claim).passed

    @pytest.mark.parametrize(
        "claim", ["It is a herb.", "“It can help.”", "Ask Dr. Miller first.", "It is sold in shops."]
    )
    def test_is_verbatim_wherever_it_stands(self, claim: str) -> None:
        evidence = "It is a herb. “It can help.” Ask Dr. Miller first. It is sold in shops."

        assert Verifier(None).judge([evidence], claim).support == 1.0


class TestProvenance:
    def test_of_a_figure_without_a_source_is_told(self) -> None:
        assert set(tags_of([LIGHT])) >= {"figure", "unreferenced"}

    @pytest.mark.parametrize(
        "reference", ["(Hall 2020)", "[3]", "doi:10.1000/xyz", "https://example.org/a", "Hall et al. (2020)"]
    )
    def test_of_a_figure_with_a_reference_is_not_unreferenced(self, reference: str) -> None:
        assert "unreferenced" not in tags_of([f"It helps 60% of people {reference}."])

    def test_tells_everything_that_a_reader_should_know(self) -> None:
        told = tags_of(["In children it may lead to more sleep than placebo within two weeks."])

        assert told == (
            "figure",
            "unreferenced",
            "causal",
            "comparative",
            "hedged",
            "population",
            "timeframe",
            "comparator",
        )

    def test_of_a_plain_sentence_is_empty(self) -> None:
        assert tags_of(["The brain is an organ."]) == ()


class TestMeasuring:
    def test_counts_what_passes_by_supported_and_by_type(self, tmp_path: Path) -> None:
        items = [
            Item("1", (LIGHT,), "Light", LIGHT, True, "verbatim"),
            Item("2", (LIGHT,), "Light", "Light therapy helps about 90% of people.", False, "changed-figure"),
        ]
        told = report(items, Verifier(Sure()))
        write_verdicts(told, tmp_path / "out.jsonl")

        assert told.to_json()["supported"] == {"passed": 1, "of": 1, "share": 1.0}
        assert told.to_json()["unsupported: changed-figure"] == {"passed": 0, "of": 1, "share": 0.0}
        lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
        assert [(line["id"], line["passed"], bool(line["reason"])) for line in lines] == [
            ("1", True, False),
            ("2", False, True),
        ]

    @pytest.mark.parametrize(
        "line", ["{", '{"claim": "x"}', '{"evidence": [1], "claim": "x", "supported": true}', "[]"]
    )
    def test_names_the_line_that_is_no_claim(self, tmp_path: Path, line: str) -> None:
        path = tmp_path / "claims.jsonl"
        path.write_text(line + "\n")

        with pytest.raises(CorpusError, match="line 1"):
            read_items(path)

    def test_that_cannot_be_written_down_says_so(self, tmp_path: Path) -> None:
        told = report([Item("1", (LIGHT,), "Light", LIGHT, True, "verbatim")], Verifier(None))

        with pytest.raises(ExpectedError, match="cannot be written"):
            write_verdicts(told, tmp_path / "none" / "out.jsonl")

    def test_of_a_missing_file_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="cannot be read"):
            evaluate(tmp_path / "none.jsonl", Verifier(None))

    def test_gives_the_balanced_accuracy_beside_that_of_a_bare_cosine(self, tmp_path: Path) -> None:
        path = tmp_path / "claims.jsonl"
        lines = [
            {"id": "1", "evidence": [LIGHT], "heading": "", "claim": LIGHT, "supported": True, "type": "verbatim"},
            {
                "id": "2",
                "evidence": [LIGHT],
                "heading": "",
                "claim": "Bread is baked.",
                "supported": False,
                "type": "x",
            },
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))

        told = evaluate(path, Verifier(None))

        assert told.to_json()["balanced accuracy"] == {
            "verifier as shipped": 1.0,
            "verifier at its best threshold": 1.0,
            "cosine of all-MiniLM at its best threshold": 1.0,
        }
        assert any(line.startswith("balanced accuracy, cosine") for line in told.lines())

    @pytest.mark.parametrize(
        ("scores", "expected"), [([0.9, 0.8, 0.2, 0.1], 1.0), ([0.5, 0.5, 0.5, 0.5], 0.5), ([0.9, 0.3, 0.4, 0.1], 0.75)]
    )
    def test_takes_the_threshold_that_suits_the_scores_best(self, scores: list[float], expected: float) -> None:
        assert best_accuracy([True, True, False, False], scores) == expected

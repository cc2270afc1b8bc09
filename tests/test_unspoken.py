"""What is asked for by name, and what is asked of a medicine at some risk, must be spoken of in the sentence."""

from __future__ import annotations

import pytest

from assistant.parts import core_of
from assistant.unspoken import unspoken
from corpus.passages import Passage, Unit


def passage(text: str) -> Passage:
    return Passage("d#1", "d", "D", "v", ("D",), Unit.SENTENCE, text, 0, len(text), 1)


SSRIS = "SSRIs raise the level of serotonin."
GUT = "Hormones are released, signals travel along the nerve and the gut answers."


class TestNames:
    @pytest.mark.parametrize(
        ("question", "text"),
        [
            ("Which SSRIs are there by name?", SSRIS),
            ("names of the SSRIs please", SSRIS),
            ("Which hormones travel? I'd like their names.", GUT),
            ("Which medications lower it?", "Levels are upset by stress and certain medications."),
            ("what receptors does it act on", "It acts on various brain receptors."),
        ],
    )
    def test_are_not_given_by_a_sentence_that_only_knows_the_kind(self, question: str, text: str) -> None:
        assert "names of" in unspoken(question, [passage(text)])

    @pytest.mark.parametrize(
        ("question", "text"),
        [
            ("Which SSRIs are there by name?", "The SSRIs in use are sertraline, citalopram and fluoxetine."),
            ("Which disorders follow, by name?", "It contributes to disorders, gout and asthma included."),
            ("Which functions does it serve, by name?", "It regulates mood, sleep and other functions."),
            ("SSRIs: what is the full name?", "SSRIs (selective serotonin reuptake inhibitors) are prescribed."),
            ("Do low levels go by another name?", "Low levels, also known as depletion, are rare."),
            ("Name what SSRIs raise.", SSRIS),
            ("What do SSRIs do, and their names?", SSRIS),
            ("Which medications lower it?", "Certain medications such as steroids lower it."),
            ("Which factors lower it?", "Levels are upset by stress and certain medications."),
            ("What factors cause it?", "Genetic, biological and various social factors contribute."),
            ("Which functions does it serve?", "It regulates mood, sleep and several other functions."),
            ("What processes does it affect?", "It affects various processes, from mood to digestion."),
            ("Which drugs are SSRIs?", "Some drugs, fluoxetine for one, are SSRIs."),
        ],
    )
    def test_that_are_told_or_not_asked_for_leave_the_sentence(self, question: str, text: str) -> None:
        assert unspoken(question, [passage(text)]) == ""


class TestTheOtherDirection:
    @pytest.mark.parametrize(
        ("question", "told"),
        [
            ("which medicines lower serotonin", "lower serotonin"),
            ("What depletes serotonin?", "depletes serotonin"),
            ("Do SSRIs lower serotonin?", ""),
            ("What raises serotonin?", ""),
            ("What lowers stress?", ""),
            ("What raises and lowers serotonin?", ""),
            ("What does reduced serotonin cause?", ""),
        ],
    )
    def test_is_no_answer_to_a_question_for_one_where_the_same_is_meant(self, question: str, told: str) -> None:
        why = unspoken(question, [passage(SSRIS)])

        assert told in why
        assert bool(told) is bool(why)

    @pytest.mark.parametrize(
        ("question", "text"),
        [
            ("What reduces depression?", "SSRIs increase serotonin levels and help depression."),
            ("What treatments reduce symptoms?", "Regular exercise boosts serotonin and eases symptoms."),
            ("What raises the risk?", "Low serotonin, and its reduced transmission, is linked to the risk."),
        ],
    )
    def test_of_something_else_is_let_be(self, question: str, text: str) -> None:
        assert unspoken(question, [passage(text)]) == ""

    def test_is_seen_in_support_too(self) -> None:
        assert unspoken("What can lower serotonin production?", [passage("Sport can support serotonin production.")])


class TestAnInstitution:
    def test_or_a_person_that_is_asked_for_must_be_spoken_of(self) -> None:
        told = "Continuing research will inform treatment."
        assert "A person" in unspoken("Which institute does the research?", [passage(told)])
        assert unspoken("Which institute does the research?", [passage("The institute in Bern does research.")]) == ""
        assert "A person" in unspoken("Who is doing the research?", [passage(told)])
        assert unspoken("Who is doing the research?", [passage("Research by Ada Lin goes on.")]) == ""
        assert unspoken("Who funds the research?", [passage("People from Norway benefit.")])

    @pytest.mark.parametrize("question", ["Who does light help?", "Who did it help most?", "What labs are ordered?"])
    def test_is_not_asked_for_by_every_who(self, question: str) -> None:
        assert unspoken(question, [passage("It helps people with SAD.")]) == ""


class TestARiskOfAMedicine:
    @pytest.mark.parametrize(
        ("question", "told"),
        [
            ("how to taper antidepressants", "stopping a medicine"),
            ("Hi, what dose of an SSRI works, please", "a dose"),
            ("What dosage of an SSRI raises the level?", "a dose"),
            ("Do SSRIs raise the level in breastfeeding mothers?", "breastfeeding"),
            ("side effects of SSRIs?", "side effects"),
            ("Do SSRIs interact with alcohol?", "interactions"),
            ("Can SSRIs and SNRIs be combined?", "interactions"),
            ("May one combine SSRIs with lithium?", "interactions"),
        ],
    )
    def test_is_not_answered_by_a_sentence_without_a_word_of_it(self, question: str, told: str) -> None:
        assert told in unspoken(question, [passage(SSRIS)])

    @pytest.mark.parametrize(
        "question",
        [
            "How does the gut interact with the brain?",
            "Does low serotonin make pain less tolerable?",
            "Can adverse childhood events lower serotonin?",
            "Is social withdrawal a symptom?",
            "Can therapy be combined with medication?",
            "Do they take place together with medication?",
            "Does a daily dose of sunlight help?",
            "My patient is tapering sertraline. What can low serotonin cause?",
            "What do SSRIs do, and the side effects?",
        ],
    )
    def test_is_told_from_an_innocent_use_of_the_word(self, question: str) -> None:
        assert unspoken(question, [passage(SSRIS)]) == ""

    def test_that_the_sentence_speaks_of_is_answered(self) -> None:
        assert unspoken("What is the dosage?", [passage("The usual dosage is 50 mg once a day.")]) == ""


class TestTheAskingPart:
    @pytest.mark.parametrize(
        ("message", "core"),
        [
            ("PTSD - does low serotonin raise the risk", ""),
            ("light therapy: what does it do?", ""),
            ("Two minutes left: what does serotonin do in the gut?", "what does serotonin do in the gut?"),
            ("Trainee here - what are its known causes?", "what are its known causes?"),
        ],
    )
    def test_keeps_a_topic_put_before_it_and_loses_a_lead_in(self, message: str, core: str) -> None:
        assert core_of(message, frozenset({"light therapy"})) == core

    @pytest.mark.parametrize(
        "message",
        ["St John's wort, does it count as an option?", "He says it is densest there, can you find that anywhere?"],
    )
    def test_is_not_what_points_back_to_what_would_be_cut_off(self, message: str) -> None:
        assert core_of(message) == ""

    @pytest.mark.parametrize("message", ["a" * 2000, "a-" * 1000, "a " * 1000])
    def test_of_a_long_run_of_signs_is_none(self, message: str) -> None:
        assert core_of(message) == ""  # and does not take half a minute to find

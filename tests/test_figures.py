from __future__ import annotations

import pytest

from assistant.figure_reading import figures
from assistant.figures import unsupported_figure


def passes(claim: str, evidence: str) -> bool:
    return unsupported_figure(claim, evidence) is None


class TestTheSameFigureSaidInAnotherWay:
    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("It helps between 60 and 80 percent of people.", "It helps 60-80% of people."),
            ("It helps 60 to 80 per cent of people.", "It helps 60–80 % of people."),
            ("It helps 60% to 80% of people.", "It helps 60-80% of people."),
            ("One in ten people is affected.", "About 10% of people are affected."),
            ("Fewer than one in a hundred develop it.", "It occurs in just under 1% of people."),
            ("More than four in five cases are early.", "More than 80% of cases are early."),
            ("About a third of patients stay ill.", "About 33% of patients stay ill."),
            ("The sample is taken half a day after the dose.", "The sample is taken 12 hours after the dose."),
            ("The window grows by a quarter of an hour a week.", "The window grows by 15 minutes a week."),
            ("It takes between 24 and 36 months.", "It takes two to three years."),
            ("The benefit lasted a fortnight.", "The benefit lasted two weeks."),
            ("Creatinine is measured twice a year.", "Creatinine is measured every six months."),
            ("The dose is 0.5 g.", "The dose is 500 mg."),
            ("Take five to ten milligrams per kilogram a day.", "Take 5–10 mg/kg per day."),
            ("It can rise a thousand times.", "It can rise a thousandfold."),
            ("A total of 17598 patients took part.", "17,598 patients took part."),
            ("More than half of the patients relapse.", "Of the patients, 57% relapse."),
            ("Use at least two sessions a week.", "Use two or more sessions a week."),
            ("People over 65 are at risk.", "The risk is higher over 65."),
        ],
    )
    def test_passes(self, claim: str, evidence: str) -> None:
        assert passes(claim, evidence)


class TestAnotherFigure:
    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("It helps 95% of people.", "It helps 90% of people."),
            ("Take 5 mg.", "Take 0.5 mg."),
            ("Take 5 g.", "Take 5 mg."),
            ("Take 5 mg a day.", "Take 5 mg/kg a day."),
            ("It helps at least 60% of people.", "It helps up to 60% of people."),
            ("It helps 60% of people.", "It helps up to 60% of people."),
            ("It helps exactly 40% of people.", "It helps about 40% of people."),
            ("It helps up to 80% of people.", "It helps 60-80% of people."),
            ("It helps around 70% of people.", "It helps 60-80% of people."),
            ("It helps 60-70% of people.", "It helps 60-80% of people."),
            ("More than 300 mg is needed.", "At least 300 mg is needed."),
            ("The window grows by 15 minutes a day.", "The window grows by 15 minutes a week."),
            ("A rash occurs in 1 in 100 adults.", "A rash occurs in 1 in 1,000 adults."),
            ("It was built in 1832.", "It was built in 1823."),
            ("Readings of 153/85 mmHg count.", "Readings of 135/85 mmHg count."),
            ("The rate fell to about 40%.", "The rate fell by about 40%."),
            ("The risk was 31%.", "The risk was 31% lower."),
            ("It rises a hundredfold.", "It rises a thousandfold."),
            ("The trial had 210 adults.", "The trial had 120 adults."),
            ("It cost £3 million.", "It cost $3 million."),
            ("Three in ten bottles are tainted.", "Between 1% and 3% of bottles are tainted."),
            ("Even one drink matters.", "Even two drinks matter."),
        ],
    )
    def test_is_withheld_with_a_reason(self, claim: str, evidence: str) -> None:
        assert unsupported_figure(claim, evidence)

    def test_is_found_wherever_one_digit_changes(self) -> None:
        evidence = "Of 1,022 outpatients, 59% reported it within 14 days and 0.5 mg was enough."
        for place, character in enumerate(evidence):
            if character.isdigit():
                other = str((int(character) + 3) % 10)
                changed = evidence[:place] + other + evidence[place + 1 :]
                assert unsupported_figure(changed, evidence), changed
        assert passes(evidence, evidence)


class TestWhatIsNoFigure:
    @pytest.mark.parametrize(
        "text", ["5-HT is a messenger.", "Vitamin B12 and CO2.", "No one knows.", "One of the causes."]
    )
    def test_is_not_read_as_one(self, text: str) -> None:
        assert [figure for figure in figures(text) if not figure.weak] == []

    def test_a_year_has_no_unit_of_its_own(self) -> None:
        assert figures("It was found in 1937.")[0].unit == "calendar"

    def test_two_years_joined_by_and_are_two_dates(self) -> None:
        assert len(figures("Between 1850 and 2023 it shrank.")) == 2


class TestAFigureInOtherWords:
    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("It heals in no more than 14 days.", "It heals within two weeks."),
            ("They won in 2018.", "They won the 2018 World Cup."),
            ("The habit begins at four to six years of age.", "It starts between the ages of four and six."),
        ],
    )
    def test_passes(self, claim: str, evidence: str) -> None:
        assert passes(claim, evidence)

    @pytest.mark.parametrize(
        ("claim", "evidence"),
        [
            ("A third of them do not have it.", "Two thirds of them have it."),
            ("The share fell by seven percentage points.", "The share fell from 20% to 13%."),
            ("In 60% of the trials it helped.", "It helped in three of five trials."),
            ("More than ten thousand workers were asked.", "The survey asked 10,500 workers."),
            ("Two thirds are ill.", "A third are ill."),
            ("The share is seven percentage points.", "It is 20% here and 13% there."),
            ("In 40% of the trials it helped.", "It helped in three of five trials."),
            ("More than 25 degrees is too warm.", "More than 35 degrees is too warm."),
            ("Fewer than three episodes count.", "Three or more episodes count; two do not."),
            ("Two tricks help.", "Four tricks help."),
            ("It heals in at least 14 days.", "It heals within two weeks."),
            ("It falls by up to 30%.", "It falls by 30%."),
            ("At most one cubic metre is needed.", "At least one cubic metre is needed."),
        ],
    )
    def test_but_no_other_does(self, claim: str, evidence: str) -> None:
        assert unsupported_figure(claim, evidence)

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.answers import Level, Safety
from assistant.audit import AuditLog
from assistant.overview import corpus_gaps, outcomes_by_day, review_progress, support_by_step, unreferenced_figures
from assistant.record import Review, State, Verdict
from assistant.review import agreement, cohens_kappa, queue, sample, states
from corpus.errors import RecordError
from tests.recorded_turns import Clock, a_crisis, a_document, a_refusal, a_turn, recorded


class TestQueue:
    def test_reports_come_first_then_escalated_then_take_overs_then_the_sample(self, log: AuditLog) -> None:
        sampled, crisis, escalated, reported = (
            recorded(log),
            log.append(a_crisis(), "two", "", "none", 1),
            recorded(log),
            recorded(log),
        )
        log.review(escalated, Review(State.ESCALATED, "Dr One"))
        log.report(reported, "wrong")

        assert [(entry.hash, entry.why) for entry in queue(log)] == [
            (reported, "reported"),
            (escalated, "escalated"),
            (crisis, "take-over"),
            (sampled, "sample"),
        ]

    def test_what_was_reviewed_leaves_it_and_a_new_report_brings_it_back(self, log: AuditLog) -> None:
        name = recorded(log)
        log.report(name)
        log.review(name, Review(State.ACCEPTED, "Dr One"))
        left = queue(log)

        log.report(name)

        assert left == []
        assert [entry.why for entry in queue(log)] == ["reported"]

    def test_every_take_over_is_in_it_and_of_the_rest_so_many_a_week(self, log: AuditLog, clock: Clock) -> None:
        for _ in range(3):
            for _ in range(12):
                recorded(log)
                log.append(a_crisis(), "two", "", "none", 1)
            clock.move(days=7)

        reasons = [entry.why for entry in queue(log, per_week=4)]

        assert reasons.count("take-over") == 36
        # The draw is over all answers of a week; a take-over that is drawn is in the queue already.
        assert 0 < reasons.count("sample") <= 12

    def test_what_was_reported_stays_in_it_however_old_the_answer(self, log: AuditLog, clock: Clock) -> None:
        name = recorded(log)
        clock.move(days=400)
        recorded(log)
        log.report(name)

        assert [entry.why for entry in queue(log, since="2027-12-01")] == ["reported", "sample"]

    def test_a_week_is_drawn_from_whole_wherever_the_time_begins(self, log: AuditLog, clock: Clock) -> None:
        for _ in range(7):
            for _ in range(5):
                recorded(log)
            clock.move(days=1)

        from_monday, from_sunday = (queue(log, 3, since=day) for day in ("2026-11-02", "2026-11-08"))

        assert len(from_monday) == 3
        assert from_sunday == from_monday

    def test_what_another_judged_of_the_sample_comes_last_for_a_second_opinion(self, log: AuditLog) -> None:
        judged, waiting = recorded(log), recorded(log)
        log.review(judged, Review(State.ACCEPTED, "Dr One"))

        assert [entry.hash for entry in queue(log, reviewer="Dr One")] == [waiting]
        assert [(e.hash, e.why) for e in queue(log, reviewer="Dr Two")] == [
            (waiting, "sample"),
            (judged, "second opinion"),
        ]
        log.review(judged, Review(State.ACCEPTED, "Dr Two"))
        assert [entry.hash for entry in queue(log, reviewer="Dr Three")] == [waiting]

    def test_an_unsigned_review_and_one_of_something_else_than_an_answer_are_refused(self, log: AuditLog) -> None:
        name = recorded(log)
        report = log.report(name)

        with pytest.raises(RecordError, match="is signed"):
            log.review(name, Review(State.ACCEPTED, " "))
        with pytest.raises(RecordError, match="is a report, not an answer"):
            log.review(report, Review(State.ACCEPTED, "Dr One"))
        with pytest.raises(RecordError, match="is a report, not an answer"):
            log.report(report)

    def test_the_state_is_that_of_the_latest_review(self, log: AuditLog) -> None:
        name = recorded(log)
        for state in (State.ACCEPTED, State.ESCALATED, State.CORRECTED):
            log.review(name, Review(state, "Dr One"))

        assert states(log) == {name: State.CORRECTED}


class TestSampling:
    RECORDS = tuple((f"{n:064x}", "2026-11-03T10:00:00.000Z") for n in range(100))

    def test_so_many_of_each_week_are_drawn(self) -> None:
        later = [(f"{n:064x}", "2026-11-10T10:00:00.000Z") for n in range(100, 103)]

        drawn = sample([*self.RECORDS, *later], 5)

        assert len(drawn & {name for name, _ in self.RECORDS}) == 5
        assert len(drawn & {name for name, _ in later}) == 3

    def test_the_same_seed_draws_the_same_and_another_draws_others(self) -> None:
        one = sample(self.RECORDS, 5, "a")

        assert sample(self.RECORDS[::-1], 5, "a") == one
        assert sample(self.RECORDS, 5, "b") != one

    def test_every_record_is_as_likely(self) -> None:
        times = {
            name: sum(name in sample(self.RECORDS, 10, str(seed)) for seed in range(60)) for name, _ in self.RECORDS
        }

        assert max(times.values()) <= 18  # 6 expected


class TestAgreement:
    def test_the_textbook_example(self) -> None:
        # Twenty both yes, fifteen both no, five and ten apart: kappa 0.4.
        first = ["yes"] * 25 + ["no"] * 25
        second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15

        assert cohens_kappa(first, second) == pytest.approx(0.4)

    def test_no_pairs_or_one_verdict_only_have_no_kappa(self) -> None:
        assert cohens_kappa([], []) is None
        assert cohens_kappa(["yes", "yes"], ["yes", "yes"]) is None

    @given(some.lists(some.tuples(some.sampled_from("abc"), some.sampled_from("abc")), min_size=2, max_size=60))
    def test_it_is_what_the_formula_of_1960_gives(self, pairs: list[tuple[str, str]]) -> None:
        first, second = zip(*pairs, strict=True)
        alike = sum(a == b for a, b in pairs) / len(pairs)
        by_chance = sum(first.count(label) * second.count(label) for label in "abc") / len(pairs) ** 2

        found = cohens_kappa(first, second)

        assert found == (None if by_chance == 1 else pytest.approx((alike - by_chance) / (1 - by_chance), abs=1e-9))

    def test_the_latest_verdicts_of_the_first_two_reviewers_count(self, log: AuditLog) -> None:
        yes, no = Verdict.SUPPORTS, Verdict.DOES_NOT
        for one, other in (((yes,), (yes,)), ((no,), (no,)), ((yes,), (no,))):
            name = recorded(log)
            log.review(name, Review(State.ACCEPTED, "Dr One", (no if one == (yes,) else yes,)))
            log.review(name, Review(State.ACCEPTED, "Dr Two", other))
            log.review(name, Review(State.ACCEPTED, "Dr One", one))
            log.review(name, Review(State.ACCEPTED, "Dr Three", (Verdict.CANNOT_TELL,)))
        log.review(recorded(log), Review(State.ACCEPTED, "Dr One", (yes,)))
        without_verdicts = recorded(log)
        log.review(without_verdicts, Review(State.ACCEPTED, "Dr One"))
        log.review(without_verdicts, Review(State.ACCEPTED, "Dr Two", (yes,)))

        found = agreement(log)

        assert found.pairs == 3
        assert found.observed == pytest.approx(2 / 3)
        assert found.kappa == pytest.approx(0.4)
        assert str(found) == "3 claims judged twice, 67% alike, Cohen's kappa 0.40"

    def test_nothing_judged_twice_is_said(self, log: AuditLog) -> None:
        assert str(agreement(log)) == "No claim has been judged by two reviewers yet."


class TestOverview:
    def test_outcomes_are_counted_by_day(self, log: AuditLog, clock: Clock) -> None:
        recorded(log)
        recorded(log)
        clock.move(days=1)
        log.append(a_refusal(), "one", "", "verbatim", 1)

        assert outcomes_by_day(log) == [("2026-11-02", "answered", 2), ("2026-11-03", "abstained", 1)]
        assert outcomes_by_day(log, "2026-11-03") == [("2026-11-03", "abstained", 1)]

    def test_support_falls_into_steps(self, log: AuditLog) -> None:
        for support in (0.5, 0.549, 0.55, 0.93, 1.0):
            log.append(a_turn(support=support), "one", "", "verbatim", 1)

        assert support_by_step(log) == [(0.5, 2), (0.55, 1), (0.9, 1), (0.95, 1)]

    def test_what_is_missing_is_grouped_most_wanted_first(self, log: AuditLog) -> None:
        for missing in ("a price", "A  Price", "a colour"):
            log.append(a_refusal(missing=missing), "one", "", "verbatim", 1)
        helped = Safety("crisis_direct", Level.CARD)
        log.append(replace(a_refusal(missing="I cannot go on"), safety=helped), "one", "", "verbatim", 1)
        recorded(log)

        assert [(gap.missing, gap.times, gap.gate) for gap in corpus_gaps(log)] == [
            ("a price", 2, "support"),
            ("a colour", 1, "support"),
        ]

    def test_figures_without_reference_are_rolled_up_by_document(self) -> None:
        told = (
            "It helped 40-60% of them, and 20% stayed well. (In 1999 nobody knew.) With tablets it was 7% (Hall 2020)."
        )

        found = unreferenced_figures([a_document(), a_document(told, "more"), a_document("No number.", "none")])

        assert [str(entry) for entry in found] == [
            "On lamps: 1 of 1 sentences with a figure give no reference.",
            "On lamps: 2 of 3 percentages and 1 of 2 sentences with a figure give no reference.",
        ]

    def test_progress_counts_every_answer_once(self, log: AuditLog) -> None:
        name = recorded(log)
        recorded(log)
        log.review(name, Review(State.ESCALATED, "Dr One"))
        log.review(name, Review(State.ACCEPTED, "Dr Two"))

        assert review_progress(log) == [("unreviewed", 1), ("accepted", 1)]

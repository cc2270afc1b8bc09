from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.audit import AuditLog
from assistant.record import Review, Selection, State, Verdict
from assistant.versions import Library
from tests.recorded_turns import SENTENCE, a_crisis, a_document, a_refusal, a_turn

PAGE = """
from pathlib import Path
from assistant.audit import AuditLog
from assistant.versions import Library
from tests.recorded_turns import a_document, a_turn
from ui.audit_page import show
folder = Path({folder!r})
library = Library(folder / "versions", [a_document()])
show(AuditLog(folder / "audit"), library, lambda question, earlier, drafted: a_turn(question))
"""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    log = AuditLog(tmp_path / "audit")
    yield log
    log.close()


def opened(log: AuditLog, view: str = "Queue") -> AppTest:
    page = AppTest.from_string(PAGE.format(folder=str(log.folder.parent)), default_timeout=30)
    page.session_state["audit_view"] = view
    page.run()
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    """All HTML and text of the page."""
    texts = [element.proto.body for element in page.get("html")]
    kinds = (page.markdown, page.text, page.info, page.caption, page.error, page.success, page.subheader)
    return "\n".join([*texts, *(element.value for kind in kinds for element in kind)])


def shortcuts(page: AppTest) -> list[str]:
    """The keys that press a button of the page."""
    return [button.proto.shortcut.lower() for button in page.button if button.proto.shortcut]


class TestReading:
    def test_the_queue_opens_with_what_is_most_urgent(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)
        name = log.append(a_turn("Reported?"), "two", "", "verbatim", 1)
        log.report(name, "the lux is wrong")

        page = opened(log)

        assert page.selectbox(key="audit_record").value == name
        assert "Reported?" in shown(page)
        assert "the lux is wrong" in shown(page)

    def test_the_claim_stands_beside_its_source_with_the_sentence_highlighted(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)

        text = shown(opened(log))

        assert f'<mark style="background:#ffe08a;color:#000">{SENTENCE}</mark>' in text
        assert "Some have tried light." in text
        assert "The lamp cures winter." in text
        assert "not supported" in text

    def test_a_refusal_shows_its_gate_and_what_is_missing(self, log: AuditLog) -> None:
        log.append(a_refusal(), "one", "", "verbatim", 1)

        text = shown(opened(log))

        assert "Gate: support." in text
        assert "Not found: a price" in text

    def test_a_quote_that_is_not_in_the_stored_text_is_shown_as_such(self, log: AuditLog) -> None:
        turn = a_turn()
        forged = replace(turn.citations[0], quote="A lamp of 1 lux.")
        log.append(replace(turn, citations=(forged,)), "one", "", "verbatim", 1)

        assert "does not stand in the stored text" in shown(opened(log))

    def test_what_people_wrote_is_never_markup(self, log: AuditLog) -> None:
        attack = "<img src=x onerror=alert(1)> $x^2$ :smile: **bold** [a](http://b)"
        log.append(replace(a_refusal(attack, attack), answer=attack), attack, attack, attack, 1)

        page = opened(log)

        assert "<img" not in shown(page)
        assert all(attack not in element.value for element in page.markdown)
        assert any("&lt;img" in element.proto.body for element in page.get("html"))

    def test_an_erased_answer_says_so(self, log: AuditLog) -> None:
        log.erase(record=log.append(a_turn(), "one", "", "verbatim", 1))

        assert "were erased or never kept" in shown(opened(log))

    def test_a_record_that_was_tampered_with_is_not_shown(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)
        with log._chain.writing() as writer:
            writer.connection.execute("DROP TRIGGER texts_are_never_changed")
            writer.connection.execute("UPDATE texts SET text = replace(text, 'bright', 'dim')")

        text = shown(opened(log))

        assert "was changed after it was written" in text
        assert "How dim" not in text


class TestChoosing:
    def test_filters_choose_among_all_answers(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)
        refused = log.append(a_refusal(), "two", "", "verbatim", 1)
        page = opened(log, "All answers")
        assert len(page.selectbox(key="audit_record").options) == 2

        page.selectbox(key="audit_outcome").select("abstained").run()

        assert page.selectbox(key="audit_record").value == refused
        page.selectbox(key="audit_outcome").select("declined").run()
        assert "No recorded answer fits these filters." in shown(page)

    def test_the_next_answer_is_one_key_away(self, log: AuditLog) -> None:
        first = log.append(a_turn("First?"), "one", "", "verbatim", 1)
        log.append(a_turn("Second?"), "one", "", "verbatim", 1)
        page = opened(log, "All answers")

        page.button(key="audit_next").click().run()

        assert page.selectbox(key="audit_record").value == first
        assert page.button(key="audit_next").disabled

    def test_the_single_keys_are_switched_off_and_stay_off_for_the_session(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)
        page = opened(log)
        assert sorted(shortcuts(page)) == ["1", "2", "3", "4", "n", "p"]

        page.toggle(key="audit_keys").set_value(False).run()
        assert not shortcuts(page)
        page.segmented_control(key="audit_view").set_value("Record").run()
        page.segmented_control(key="audit_view").set_value("Queue").run()

        assert page.button(key="audit_next")
        assert not shortcuts(page)

    def test_a_document_and_weak_support_choose(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)
        weak = log.append(a_turn("Weak?", support=0.6), "two", "", "verbatim", 1)
        log.append(a_refusal(), "three", "", "verbatim", 1)
        page = opened(log, "All answers")

        page.selectbox(key="audit_document").select("lamps").run()
        assert len(page.selectbox(key="audit_record").options) == 2
        page.number_input(key="audit_support").set_value(0.7).run()
        assert page.selectbox(key="audit_record").value == weak

    def test_a_take_over_is_read_without_the_words_of_the_person_in_danger(self, log: AuditLog) -> None:
        log.append(a_crisis("I cannot go on."), "one", "", "none", 1)

        text = shown(opened(log))

        assert "(what was written is not kept: a take-over)" in text
        assert "Please call now." in text
        assert "I cannot go on" not in text

    def test_a_long_list_has_pages(self, log: AuditLog) -> None:
        for number in range(60):
            log.append(a_turn(f"Question {number}?"), "one", "", "verbatim", 1)
        page = opened(log, "All answers")
        assert "Question 59?" in shown(page)

        page.number_input(key="audit_page_number").set_value(2).run()

        assert "Question 9?" in shown(page)
        assert len(page.selectbox(key="audit_record").options) == 10


class TestJudging:
    def test_a_verdict_is_one_click_and_the_review_is_signed_into_the_chain(self, log: AuditLog) -> None:
        name = log.append(a_turn(), "one", "", "verbatim", 1)
        page = opened(log)

        page.button(key=f"audit_verdict_{name}_PARTLY").click().run()
        page.selectbox(key=f"audit_correctness_{name}").select(4)
        page.radio(key=f"audit_state_{name}").set_value("corrected")
        page.text_area(key=f"audit_note_{name}").set_value("It was 2,500 lux.")
        page.text_input(key=f"audit_who_{name}").set_value("Dr One")
        _submit(page)

        [review] = log.records(Selection(events=("review",)))
        assert (review.subject, review.state, review.reviewer) == (name, "corrected", "Dr One")
        assert review.more == {"verdicts": ["partly"], "scales": {"correctness": 4}}
        assert log.note_of(review) == "It was 2,500 lux."
        assert log.verify().ok

    def test_after_signing_the_queue_goes_on_to_the_next(self, log: AuditLog) -> None:
        first, second = (log.append(a_turn(question), "one", "", "verbatim", 1) for question in ("First?", "Second?"))
        page = opened(log)
        assert page.selectbox(key="audit_record").value == first

        page.radio(key=f"audit_state_{first}").set_value("accepted")
        page.text_input(key=f"audit_who_{first}").set_value("Dr One")
        _submit(page)

        assert "Recorded as" in shown(page)
        assert page.selectbox(key="audit_record").value == second
        assert page.text_input(key=f"audit_who_{second}").value == "Dr One"

    def test_what_another_reviewer_said_is_folded_away_for_a_second_opinion(self, log: AuditLog) -> None:
        name = log.append(a_turn(), "one", "", "verbatim", 1)
        log.review(name, Review(State.CORRECTED, "Dr One", (Verdict.PARTLY,), note="the lux is missing"))

        page = opened(log, "All answers")

        [folded] = [box for box in page.expander if box.label.startswith("Reviews")]
        assert folded.label == "Reviews: 1, the latest says corrected"
        assert not folded.proto.expanded
        assert "the lux is missing" in "".join(element.proto.body for element in folded.get("html"))

    def test_a_review_without_state_is_not_recorded(self, log: AuditLog) -> None:
        name = log.append(a_turn(), "one", "", "verbatim", 1)
        page = opened(log)

        page.text_input(key=f"audit_who_{name}").set_value("Dr One")
        _submit(page)

        assert "Say what becomes of the answer" in shown(page)
        assert log.records(Selection(events=("review",))) == []

    def test_an_unsigned_or_half_judged_review_is_not_recorded(self, log: AuditLog) -> None:
        turn = a_turn()
        name = log.append(replace(turn, claims=turn.claims * 2), "one", "", "verbatim", 1)
        page = opened(log)

        page.radio(key=f"audit_state_{name}").set_value("accepted")
        _submit(page)
        unsigned = shown(page)
        page.button(key=f"audit_verdict_{name}_SUPPORTS").click().run()
        page.text_input(key=f"audit_who_{name}").set_value("Dr One")
        _submit(page)

        assert "A review is signed" in unsigned
        assert "1 of 2 claims are judged" in shown(page)
        assert log.records(Selection(events=("review",))) == []

    def test_asking_again_says_whether_the_answer_is_the_same(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)
        page = opened(log)

        page.button(key="audit_again").click().run()

        assert "same answer (nothing has changed since)" in shown(page)


class TestOverviewAndRecord:
    def test_every_chart_stands_there_as_a_table_too(self, log: AuditLog) -> None:
        name = log.append(a_turn(), "one", "", "verbatim", 1)
        log.append(a_refusal(), "two", "", "verbatim", 1)
        log.append(a_crisis(), "two", "", "none", 1)
        log.review(name, Review(State.ACCEPTED, "Dr One", (Verdict.SUPPORTS,)))

        page = opened(log, "Overview")

        assert len(page.get("vega_lite_chart")) == 4
        assert len(page.dataframe) == 5
        assert "On lamps: 1 of 1 sentences with a figure give no reference." in shown(page)
        assert "No claim has been judged by two reviewers yet." in shown(page)

    def test_an_empty_record_says_so_everywhere(self, log: AuditLog) -> None:
        assert "Nothing waits here." in shown(opened(log))
        assert "Nothing was asked" in shown(opened(log, "Overview"))

    def test_the_record_is_verified_on_the_page_and_its_head_printed(self, log: AuditLog) -> None:
        log.append(a_turn(), "one", "", "verbatim", 1)
        page = opened(log, "Record")

        page.button(key="audit_verify").click().run()

        assert "Every row holds." in shown(page)
        assert f"Head of the record: {log.head()}" in shown(page)


class TestTheLibraryOnThePage:
    def test_an_old_version_is_opened_and_the_difference_shown(self, log: AuditLog, tmp_path: Path) -> None:
        old = a_document("A lamp of 5 lux was used.")
        Library(tmp_path / "versions", [old]).keep()
        start = old.text.index("A lamp of 5 lux was used.")
        citation = replace(
            a_turn().citations[0], version=old.version, quote="A lamp of 5 lux was used.", start=start, end=start + 25
        )
        log.append(replace(a_turn(), citations=(citation,)), "one", "", "verbatim", 1)

        page = opened(log)

        assert "The current version differs here." in shown(page)
        assert ">+ A lamp of 10,000 lux" in shown(page)


def _submit(page: AppTest) -> None:
    next(button for button in page.button if button.label == "Sign off").click().run()
    assert not page.exception

"""The chat page in process, with an assistant whose answers are written beforehand."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st_
from streamlit.testing.v1 import AppTest

from assistant.answers import Turn
from assistant.safety import load_words
from tests.fakes import EXAMPLES, ODD, scripted_assistant
from ui.answer_text import lines, runs, to_copy
from ui.escaping import JOINER, in_html, in_label, plain
from ui.source_view import marked_blocks
from ui.top_bar import help_card

SENTENCE = "Dr. Hall reports that CBT-I helps about 70-80% of people (Hall 2020)."


def the_page(folder: str) -> None:
    from pathlib import Path

    from tests.fakes import scripted_assistant
    from ui import pages

    pages.show(lambda: scripted_assistant(Path(folder)))


@pytest.fixture
def page(folder: Path) -> AppTest:
    return AppTest.from_function(the_page, kwargs={"folder": str(folder)}, default_timeout=30).run()


def ask(page: AppTest, message: str) -> AppTest:
    page.chat_input[0].set_value(message).run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    """All that the page shows, tags and script data included."""
    shown = [element.proto.body for element in page.get("html")]
    return "\n".join([*shown, *(json.dumps(data, ensure_ascii=False) for data in drawn(page))])


def drawn(page: AppTest) -> list[dict[str, Any]]:
    """The data of the page's own components, in order."""
    return [json.loads(element.proto.json) for element in page.get("bidi_component")]


def document(page: AppTest) -> dict[str, Any]:
    return next(data for data in drawn(page) if "blocks" in data)


def marked(page: AppTest) -> str:
    parts = [part for block in document(page)["blocks"] for part in block["parts"]]
    return "".join(part["text"] for part in parts if part["mark"] == "cited")


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if label in b.label.replace("\\", "").replace(JOINER, ""))


class TestTheFirstScreen:
    def test_says_what_it_is_and_what_it_is_not(self, page: AppTest) -> None:
        assert "automated reference tool" in words(page)
        assert "not a person" in words(page)
        assert "one document says" in words(page)

    def test_asks_an_example_at_a_click(self, page: AppTest) -> None:
        button(page, EXAMPLES[0]).click().run()

        assert SENTENCE in words(page)
        assert not [b for b in page.button if b.key and b.key.startswith("example-")]

    def test_stands_beside_a_source_that_is_opened_from_it(self, page: AppTest) -> None:
        button(page, "Sleep and the clinic").click().run()

        left, beside = page.columns
        assert [b for b in left.button if b.key == "example-0"]
        assert [b for b in beside.button if b.key == "close-source"]

    def test_shows_the_remarks_about_this_running_copy(self, page: AppTest) -> None:
        assert "The index is searched in memory." in words(page)


class TestAnAnswer:
    def test_is_shown_word_for_word_with_its_citation(self, page: AppTest) -> None:
        answer = next(data for data in drawn(ask(page, "Does it help?")) if "lines" in data)

        [line] = answer["lines"]
        assert [(run["kind"], run["text"]) for run in line["runs"]] == [
            ("own", "The article states: "), ("quote", SENTENCE), ("mark", "1"),
        ]  # fmt: skip
        assert SENTENCE in answer["copy"]

    def test_shows_the_question_that_was_searched_where_it_differs(self, page: AppTest) -> None:
        assert "Searched as: <q>How many people does CBT-I help?</q>" in words(ask(page, "And how many?"))

    def test_opens_its_source_with_the_cited_sentence_marked_and_the_whole_text_around_it(self, page: AppTest) -> None:
        ask(page, "Does it help?")

        button(page, "Sleep and the clinic › What helps").click().run()

        assert marked(page) == SENTENCE
        assert "Insomnia is trouble falling or staying asleep." in json.dumps(document(page))
        assert "version <code>" in words(page)

    def test_closes_its_source(self, page: AppTest) -> None:
        ask(page, "Does it help?")
        button(page, "Sleep and the clinic › What helps").click().run()

        button(page, "Close").click().run()

        assert not [data for data in drawn(page) if "blocks" in data]

    def test_marks_the_sentence_of_the_citation_that_was_opened(self, page: AppTest) -> None:
        ask(page, "The list, please")

        page.button(key=next(b.key for b in page.button if b.key and b.key.endswith("-0-2"))).click().run()

        assert marked(page).startswith("Sleep restriction")

    def test_that_is_partial_names_what_is_missing(self, page: AppTest) -> None:
        assert "what acupuncture does" in words(ask(page, "Only part of it"))


class TestARefusal:
    def test_shows_why_and_the_score_beside_the_threshold(self, page: AppTest) -> None:
        shown = words(ask(page, "What dose?"))

        assert "Support 0.12, needed 0.50." in shown
        assert 'aria-label="Support 0.12 of the 0.50 needed"' in shown

    def test_opens_what_is_near(self, page: AppTest) -> None:
        ask(page, "What dose?")

        button(page, "Tablets were not studied.").click().run()

        assert marked(page) == "Tablets were not studied."

    def test_offers_questions_that_can_be_answered(self, page: AppTest) -> None:
        button(ask(page, "What dose?"), EXAMPLES[0]).click().run()

        assert SENTENCE in words(page)


class TestHelp:
    def test_stands_above_everything_when_somebody_is_in_danger(self, page: AppTest) -> None:
        shown = words(ask(page, "I want to die"))

        assert '<section class="help"' in shown
        assert "988" in shown

    def test_is_one_click_away_on_the_first_screen(self, page: AppTest) -> None:
        assert 'aria-label="Help now"' in words(page)

    def test_is_shown_even_where_nothing_can_be_opened(self) -> None:
        def broken() -> None:
            from assistant.errors import CorpusError
            from ui import pages

            def none() -> None:
                raise CorpusError("No document was found.")

            pages.show(none)  # type: ignore[arg-type]

        shown = words(AppTest.from_function(broken, default_timeout=30).run())

        assert "No document was found." in shown
        assert "findahelpline.com" in shown


class TestForAScreenReader:
    def test_a_new_answer_is_said_once_with_what_is_known_of_its_figures(self, page: AppTest) -> None:
        ask(page, "Does it help?")

        [arrival] = [data for data in drawn(page) if "heard" in data]
        assert SENTENCE in arrival["heard"]
        assert "gives no source for this figure" in arrival["heard"]

    def test_a_refusal_is_said_to_be_one(self, page: AppTest) -> None:
        ask(page, "What dose?")

        [arrival] = [data for data in drawn(page) if "heard" in data]
        assert arrival["heard"].startswith("Not in the documents\n")

    def test_the_help_of_the_newest_turn_alone_is_an_alert(self, page: AppTest) -> None:
        assert words(ask(page, "I want to die")).count('role="alert"') == 1

        ask(page, "Does it help?")

        alerts = [e.proto.body for e in page.get("html") if 'role="alert"' in e.proto.body]
        cards = [e.proto.body for e in page.get("html") if 'aria-label="Help"' in e.proto.body]
        assert alerts == cards[1:]

    def test_help_is_in_the_language_it_says_it_is_in_and_the_english_numbers_are_not(self, page: AppTest) -> None:
        shown = words(ask(page, "Ich will sterben und die Welt ist mir egal"))

        assert '<p lang="de">Wenn Sie' in shown
        assert "<p>In English: emergency" in shown

    @pytest.mark.parametrize("language", load_words().review.languages[1:])
    def test_every_language_of_help_is_named(self, language: str) -> None:
        card = help_card(load_words().block(f"crisis_{language}"), "Help")

        assert card.count("<p") == card.count(f'<p lang="{language}">') == 3

    def test_the_page_has_one_first_heading_before_and_after_a_question(self, page: AppTest) -> None:
        assert words(page).count("<h1") == 1

        ask(page, "Does it help?")
        ask(page, "Does it help me?")

        assert words(page).count("<h1") == 1

    @pytest.mark.parametrize("label", ["Tablets were not studied.", "Sleep and the clinic"])
    def test_what_a_closed_source_was_opened_from_gets_the_focus_back(self, page: AppTest, label: str) -> None:
        ask(page, "What dose?")
        opener = button(page, label)
        opener.click().run()
        assert not [data for data in drawn(page) if data.get("focus") is True]

        button(page, "Close").click().run()

        [back] = [data for data in drawn(page) if data.get("focus") is True]
        assert back["target"] == f".st-key-{'library' if opener.key.startswith('document-') else opener.key} button"


class TestAFailure:
    def test_that_a_person_can_mend_is_said_in_its_own_words(self, page: AppTest) -> None:
        assert "the disk is full" in words(ask(page, "This stays unwritten"))

    def test_of_ours_shows_no_detail_and_leaves_the_page_usable(
        self, page: AppTest, caplog: pytest.LogCaptureFixture
    ) -> None:
        shown = words(ask(page, "This meets a defect"))

        assert "nothing is answered" in shown
        assert "a defect of ours" not in shown
        assert "a defect of ours" in caplog.text
        assert SENTENCE in words(ask(page, "Does it help?"))


class TestTextThatIsNotOurs:
    def test_reaches_the_page_escaped_wherever_it_stands(self, page: AppTest) -> None:
        shown = words(ask(page, f"odd {ODD}"))

        assert "<img" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", shown.replace(html.escape(ODD), ""))
        assert html.escape(ODD) in shown
        assert all("![" not in b.label and "<" not in b.label.replace("\\<", "") for b in page.button)


class TestASession:
    def test_never_shows_the_turns_of_another(self, folder: Path) -> None:
        one, other = (
            AppTest.from_function(the_page, kwargs={"folder": str(folder)}, default_timeout=30).run() for _ in range(2)
        )

        for number in range(5):
            ask(one, f"dose of amber {number}")
            ask(other, f"dose of birch {number}")

        assert "birch" not in words(one)
        assert "amber" not in words(other)
        assert all(f"birch {number}" in words(other) for number in range(5))

    def test_begins_anew_at_a_click(self, page: AppTest) -> None:
        ask(page, "Does it help?")

        page.button(key="restart").click().run()

        assert SENTENCE not in words(page)
        assert button(page, EXAMPLES[0])


class TestEscaping:
    @given(st_.text())
    def test_in_a_label_only_adds_backslashes_and_joiners_and_leaves_no_markdown(self, text: str) -> None:
        from markdown_it import MarkdownIt

        label = in_label(text)

        children = MarkdownIt("gfm-like", {"linkify": False}).parseInline(label)[0].children or []
        assert {child.type for child in children} <= {"text", "text_special", "softbreak"}
        assert "".join(child.content for child in children).replace(JOINER, "") == " ".join(
            plain(text).replace(JOINER, "").split()
        )

    @pytest.mark.parametrize(
        "code", [":smile:", ":material/home:", "a -> b", "x >= y", "www.leak.example", "a@b.example"]
    )
    def test_in_a_label_breaks_what_is_replaced_after_markdown_was_read(self, code: str) -> None:
        readable = in_label(code).replace("\\", "")

        assert code not in readable
        assert readable.replace(JOINER, "") == code

    @given(st_.text())
    def test_in_html_leaves_no_tag_and_loses_no_character(self, text: str) -> None:
        assert not set("<>\"'") & set(in_html(text))
        assert html.unescape(in_html(text)) == text or "\r" in text or not text.isprintable()

    @given(st_.text())
    def test_for_a_terminal_leaves_no_control_character(self, text: str) -> None:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", plain(text))


class TestAnAnswerTakenApart:
    def test_keeps_a_number_in_brackets_that_is_the_sources_own(self, folder: Path) -> None:
        told = scripted_assistant(folder).ask("Does it help?").to_json()
        told["answer"] = "It says: As shown [1], it helps. [1]"
        told["claims"][0]["text"] = "As shown [1], it helps."

        kinds = [(run.kind, run.text) for run in runs(Turn.from_json(told))]

        assert kinds == [("own", "It says: "), ("quote", "As shown [1], it helps."), ("mark", "1")]

    def test_sees_a_list(self, folder: Path) -> None:
        told = scripted_assistant(folder).ask("Does it help?").to_json()
        told["answer"] = "It says:\nThese help:\n- Light\n- Sleep [1]"
        told["claims"][0]["text"] = "These help:\n- Light\n- Sleep"

        rows = [(line.item, "".join(run.text for run in line.runs)) for line in lines(Turn.from_json(told))]

        assert rows == [(False, "It says:"), (False, "These help:"), (True, "Light"), (True, "Sleep1")]

    def test_is_copied_with_section_version_and_quotation(self, folder: Path) -> None:
        copied = to_copy(scripted_assistant(folder).ask("Does it help?"))

        assert f"“{SENTENCE}”" in copied
        assert "Sleep and the clinic › What helps (version " in copied

    def test_marks_nothing_but_what_is_cited(self, folder: Path) -> None:
        [document] = scripted_assistant(folder).corpus.documents
        start = document.text.index(SENTENCE)

        blocks = marked_blocks(document, [(start, start + len(SENTENCE), "cited")])

        assert ["".join(p["text"] for p in b["parts"]) for b in blocks] == [b.text for b, _ in document.blocks]
        assert "".join(p["text"] for b in blocks for p in b["parts"] if p["mark"]) == SENTENCE

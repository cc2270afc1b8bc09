"""Drafted answers and reports on the page, in a real browser: what a person switches, sees, opens and files."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.audit import AuditLog
from assistant.record import Selection
from tests.fakes_drafting import BAD, LIGHT, QUESTION, REWORDED
from tests.test_browser import (
    LOOKS,
    ROOT,
    ask,
    browser,
    open_page,
    served,
    shoot,
    sleep_in,
    wider_than_the_screen,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]  # a fixture
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_spec("langchain_openai") is None, reason="needs the extra `openai`"),
]
PAGE = """
from pathlib import Path
from tests.fakes_drafting import drafting_assistant
from ui import pages
pages.show(lambda: drafting_assistant(Path({folder!r}), Path({state!r}), 3.0))
"""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drafting")


@pytest.fixture(scope="module")
def address(state: Path, browser: Browser) -> Iterator[str]:
    """A server of the real pages, whose model writes a good sentence, waits three seconds, and writes a bad one."""
    with served(PAGE.format(folder=sleep_in(state), state=str(state)), state) as found:
        first = browser.new_page()  # which waits for the index
        first.goto(found)
        first.get_by_test_id("stChatInputTextArea").wait_for(timeout=300_000)
        first.close()
        yield found


@pytest.fixture(params=[LOOKS[0], LOOKS[2]], ids=lambda look: look.name)
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    opened = open_page(browser, address, request.param)
    yield opened
    opened.context.close()


def switch_on(page: Page) -> None:
    page.get_by_role("button", name="Drafted, checked").or_(page.get_by_text("Drafted, checked")).first.click()
    page.locator(".mode-told").wait_for()


class TestTheSwitch:
    def test_is_off_at_first_and_says_where_the_questions_go_when_it_is_turned_on(self, page: Page) -> None:
        assert page.locator(".mode-told").count() == 0
        ask(page, QUESTION)
        assert page.locator(".tag.drafted").count() == 0

        switch_on(page)

        assert "this machine (127.0.0.1)" in page.locator(".mode-told").inner_text()
        assert not wider_than_the_screen(page)


class TestADraftedAnswer:
    def test_appears_as_it_is_verified_is_marked_and_opens_what_was_withheld(self, page: Page) -> None:
        name = "narrow" if page.viewport_size and page.viewport_size["width"] < 600 else "light"
        switch_on(page)
        box = page.get_by_test_id("stChatInputTextArea")
        box.fill(QUESTION)
        box.press("Enter")

        page.locator(".verified p").wait_for()
        page.screenshot(path=ROOT / f"screenshots/{name}-6-drafting.png")
        assert page.locator(".verified").inner_text().strip() == REWORDED
        assert not page.get_by_text("What it quotes from").is_visible()
        page.locator(".tag.drafted").wait_for()
        shoot(page, f"{name}-7-drafted")

        assert page.locator(".verified").count() == 0
        assert page.locator(".draft").all_inner_texts() == [REWORDED]
        assert page.locator(".quote").all_inner_texts() == [LIGHT]
        assert not page.locator(".withheld").is_visible()
        page.get_by_text("1 drafted sentence withheld").click()
        page.locator(".withheld").wait_for()
        shoot(page, f"{name}-8-withheld")
        assert BAD in page.locator(".withheld").inner_text()
        assert "Withheld: " in page.locator(".withheld").inner_text()
        assert not wider_than_the_screen(page)


class TestAReport:
    def test_is_filed_with_its_note_and_said_to_be(self, page: Page, state: Path) -> None:
        log = AuditLog(state / "audit")
        before = len(log.records(Selection(events=("report",))))
        ask(page, QUESTION)

        page.get_by_role("button", name="Something is wrong here").click()
        page.get_by_label("What is wrong?").fill("The range is another one in the paper.")
        shoot(page, f"report-{before}")
        page.get_by_role("button", name="File it").click()

        page.locator(".filed").wait_for()
        shoot(page, f"filed-{before}")
        reports = log.records(Selection(events=("report",)))
        assert len(reports) == before + 1
        assert log.note_of(reports[-1]) == "The range is another one in the paper."
        assert log.record(reports[-1].subject).event == "turn"
        log.close()

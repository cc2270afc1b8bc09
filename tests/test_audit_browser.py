"""The Audit page in a real browser: read, judge by key, sign off, take an answer away, on a narrow screen too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.audit import AuditLog
from assistant.record import Selection
from tests.recorded_turns import SENTENCE, a_turn
from tests.test_audit_page import PAGE
from tests.test_browser import browser, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]  # a fixture, which says no for want of Chromium as that file's does
pytestmark = pytest.mark.browser


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    log = AuditLog(tmp_path / "audit")
    log.append(a_turn(), "one", "", "verbatim", 1)
    yield log
    log.close()


@pytest.fixture
def address(log: AuditLog, tmp_path: Path) -> Iterator[str]:
    with served(PAGE.format(folder=str(tmp_path)), tmp_path) as found:
        yield found


def test_a_supervisor_judges_by_key_and_signs_and_another_session_sees_none_of_it_before(
    browser: Browser, address: str, log: AuditLog
) -> None:
    from playwright.sync_api import expect

    mine, other = (browser.new_context().new_page() for _ in range(2))
    for page in (mine, other):
        page.set_default_timeout(60_000)
        page.goto(address)
        expect(page.locator("mark")).to_have_text(SENTENCE, timeout=60_000)

    mine.keyboard.press("2")
    expect(mine.get_by_text("unreferenced · partly")).to_be_visible(timeout=30_000)
    other.reload()
    expect(other.get_by_text("unreferenced · not judged")).to_be_visible(timeout=60_000)
    mine.get_by_text("accepted", exact=True).click()
    mine.get_by_label("Reviewer").fill("Dr One")
    mine.get_by_role("button", name="Sign off").click()
    expect(mine.get_by_text("Recorded as")).to_be_visible(timeout=30_000)
    for page in (mine, other):
        page.context.close()

    [review] = log.records(Selection(events=("review",)))
    assert (review.reviewer, review.more["verdicts"]) == ("Dr One", ["partly"])


def test_an_answer_is_taken_away_as_a_page_that_prints_and_nothing_is_wider_than_a_phone(
    browser: Browser, address: str, log: AuditLog, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page = browser.new_context(viewport={"width": 400, "height": 800}).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download this answer").click()
    download.value.save_as(tmp_path / "answer.html")
    for view in ("All answers", "Overview", "Record"):
        page.get_by_text(view, exact=True).click()
        seen = {"All answers": "Filters", "Overview": "Support of the weakest claim", "Record": "Verify now"}[view]
        expect(page.get_by_text(seen)).to_be_visible(timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, view
    paper = browser.new_page()
    paper.goto((tmp_path / "answer.html").as_uri())
    expect(paper.locator("mark")).to_have_text(SENTENCE)
    printed = paper.pdf()
    for opened in (page, paper):
        opened.context.close()

    assert log.head() in (tmp_path / "answer.html").read_text()
    assert printed.startswith(b"%PDF-")

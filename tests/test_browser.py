"""The chat page in a real browser, against a real server: what a person sees, clicks and types.

Screenshots are left in screenshots/ for a person to look at.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import ODD
from ui.launching import healthy

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "screenshots"
SENTENCE = "Dr. Hall reports that CBT-I helps about 70-80% of people (Hall 2020)."
JOINER = "\u2060"
PAGE = """
from pathlib import Path
from tests.fakes import scripted_assistant
from ui import pages
pages.show(lambda: scripted_assistant(Path({folder!r})))
"""


@dataclass(frozen=True)
class Look:
    """How a person's screen is set."""

    name: str
    scheme: str
    width: int
    height: int


LOOKS = [Look("light", "light", 1360, 860), Look("dark", "dark", 1360, 860), Look("narrow", "light", 400, 800)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        try:
            found = playwright.chromium.launch(executable_path=system, args=["--no-sandbox", "--disable-dev-shm-usage"])
        except Error:
            if os.environ.get("CI"):
                raise
            pytest.skip("no Chromium here: type  python -m playwright install chromium")
        yield found
        found.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(server: subprocess.Popen[bytes], port: int) -> str:
    deadline = time.monotonic() + 60
    while not healthy(port):
        assert server.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.1)
    return f"http://127.0.0.1:{port}/"


def sleep_in(folder: Path) -> str:
    """A new corpus of one document in `folder`."""
    from tests.conftest import SLEEP

    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "sleep.md").write_text(SLEEP, encoding="utf-8")
    return str(corpus)


@contextmanager
def served(page: str, folder: Path) -> Iterator[str]:
    """The address of a server of `page`, a script that is put into `folder`."""
    script = folder / "served_page.py"
    script.write_text(page, encoding="utf-8")
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)],
        cwd=ROOT / "ui",  # where the settings of the server are
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        yield wait_for(server, port)
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the real pages with an assistant whose answers are written beforehand."""
    folder = tmp_path_factory.mktemp("served")
    with served(PAGE.format(folder=sleep_in(folder)), folder) as found:
        yield found


def open_page(browser: Browser, address: str, look: Look) -> Page:
    context = browser.new_context(
        color_scheme=look.scheme,  # type: ignore[arg-type]
        viewport={"width": look.width, "height": look.height},
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    return page


@pytest.fixture(params=LOOKS, ids=lambda look: look.name)
def look(request: pytest.FixtureRequest) -> Look:
    found: Look = request.param
    return found


@pytest.fixture
def page(browser: Browser, address: str, look: Look) -> Iterator[Page]:
    opened = open_page(browser, address, look)
    yield opened
    opened.context.close()


@pytest.fixture
def wide(browser: Browser, address: str) -> Iterator[Page]:
    opened = open_page(browser, address, LOOKS[0])
    yield opened
    opened.context.close()


def ask(page: Page, message: str) -> None:
    before = page.locator(".said").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(message)
    box.press("Enter")
    page.locator(".st-key-conversation [class*='st-key-turn-']").nth(before).wait_for()


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.wait_for_timeout(1200)  # let the page come to rest, for a person's eye only
    page.screenshot(path=SHOTS / f"{name}.png")


def in_view(page: Page, selector: str) -> bool:
    box = page.locator(selector).first.bounding_box()
    size = page.viewport_size
    assert box
    assert size
    return bool(0 <= box["y"] < size["height"] and box["x"] >= 0 and box["x"] + box["width"] <= size["width"] + 1)


def wait_for_focus(page: Page, name: str) -> None:
    page.wait_for_function(
        """name => {
            let active = document.activeElement;
            while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
            return active?.className === name;
        }""",
        arg=name,
    )


def wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('.stMain').scrollWidth > window.innerWidth"))


class TestInEveryLook:
    def test_a_question_is_answered_and_its_sentence_found_highlighted_in_the_source(
        self, page: Page, look: Look
    ) -> None:
        shoot(page, f"{look.name}-1-first")
        ask(page, "Does it help?")
        page.locator(".chip").wait_for()
        shoot(page, f"{look.name}-2-answer")

        page.locator(".chip").click()

        mark = page.locator("mark.cited")
        mark.wait_for()
        page.wait_for_function(
            "() => document.querySelector('.st-key-source')?.getBoundingClientRect().top < innerHeight"
        )
        shoot(page, f"{look.name}-3-source")
        assert mark.text_content() == SENTENCE
        assert in_view(page, "mark.cited")
        assert not wider_than_the_screen(page)

    def test_help_stands_above_the_reply_and_one_click_away(self, page: Page, look: Look) -> None:
        ask(page, "I want to die")
        card = page.locator(".st-key-turn-0 .help").first
        card.wait_for()
        shoot(page, f"{look.name}-4-crisis")
        assert "988" in (card.text_content() or "")

        assert in_view(page, ".st-key-help-now button")
        page.get_by_role("button", name="Get help now").click()

        page.locator("[data-testid='stPopoverBody'] .help").wait_for()
        assert not wider_than_the_screen(page)

    def test_a_refusal_shows_why_and_opens_what_is_near(self, page: Page, look: Look) -> None:
        ask(page, "What dose?")
        page.locator(".meter").wait_for()
        shoot(page, f"{look.name}-5-refusal")

        page.get_by_role("button", name="Tablets were not studied.").click()

        page.locator("mark.cited").wait_for()
        assert page.locator("mark.cited").text_content() == "Tablets were not studied."
        assert not wider_than_the_screen(page)


class TestByKeyboard:
    def test_enter_on_a_citation_opens_the_source_and_escape_brings_one_back(self, wide: Page) -> None:
        ask(wide, "Does it help?")
        wide.locator(".chip").focus()
        wide.keyboard.press("Enter")
        wide.locator("mark.cited").wait_for()
        wait_for_focus(wide, "document")

        wide.keyboard.press("Escape")

        wide.locator("mark.cited").wait_for(state="detached")
        wait_for_focus(wide, "chip")


class TestWhatLeavesThePage:
    def test_an_answer_is_copied_with_its_citations(self, wide: Page) -> None:
        ask(wide, "Does it help?")

        wide.get_by_role("button", name="Copy with citations").click()

        wide.get_by_role("button", name="Copied").wait_for()
        assert f"“{SENTENCE}”" in wide.evaluate("navigator.clipboard.readText()")

    def test_nothing_is_fetched_from_another_machine_and_odd_text_stays_text(
        self, browser: Browser, address: str
    ) -> None:
        context = browser.new_context()
        page = context.new_page()
        asked: list[str] = []
        dialogs: list[str] = []

        def heard(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", heard)
        page.goto(address)
        page.get_by_test_id("stChatInputTextArea").wait_for()

        ask(page, f"odd {ODD}")
        page.locator(".chip").wait_for()
        page.get_by_role("button", name="Sources").click()
        page.wait_for_timeout(1500)

        assert page.locator(".said").inner_text().strip() == f"odd {ODD}"
        assert ODD in (page.locator(".answer").text_content() or "")
        assert page.locator(".notice").inner_text() == ODD
        suggestion = page.locator(".st-key-suggestions button").inner_text()
        assert suggestion.replace(JOINER, "") == ODD
        assert not [
            url for url in asked if not url.startswith((address, "data:", "blob:", address.replace("http", "ws")))
        ]
        assert not dialogs
        context.close()


class TestTheWholeProgram:
    def test_builds_its_index_at_the_first_visit_and_answers_from_the_shipped_documents(
        self, browser: Browser, tmp_path: Path
    ) -> None:
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "ui", "--no-browser", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"SOURCEBOUND_STATE": os.environ.get("SOURCEBOUND_TEST_STATE") or str(tmp_path)},
        )
        try:
            page = browser.new_page(viewport={"width": 1360, "height": 860})
            page.goto(wait_for(server, port))
            page.get_by_test_id("stChatInputTextArea").wait_for(timeout=300_000)
            ask(page, "How well does light therapy work for SAD?")
            page.locator(".chip").first.wait_for(timeout=60_000)
            page.locator(".chip").first.click()
            page.locator("mark.cited").wait_for(timeout=30_000)
            shoot(page, "whole-program")

            assert "60-80%" in (page.locator("mark.cited").text_content() or "")
            assert "no source" in page.locator(".notice").all_inner_texts()[-1]
            page.close()
        finally:
            server.terminate()
            server.wait(20)


class TestTwoPeople:
    def test_never_see_each_others_turns(self, wide: Page, browser: Browser, address: str) -> None:
        other = open_page(browser, address, LOOKS[0])
        ask(wide, "Does it help?")
        ask(other, "I want to die")
        ask(wide, "Does it help me?")

        assert wide.locator(".said").all_inner_texts() == ["Does it help?", "Does it help me?"]
        assert other.locator(".said").all_inner_texts() == ["I want to die"]
        assert wide.locator(".help").count() == 0
        other.context.close()

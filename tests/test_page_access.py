"""The page for who cannot see it, sees little, or has no mouse: what is said and can be read, where the focus goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.test_browser import (
    LOOKS,
    SENTENCE,
    Look,
    ask,
    browser,
    open_page,
    served,
    sleep_in,
    wait_for_focus,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.browser
PAGE = """
from dataclasses import replace
from pathlib import Path
from assistant.audit import AuditLog
from tests.fakes import scripted_assistant
from ui import pages
folder = Path({folder!r})
pages.show(lambda: replace(scripted_assistant(folder), recorder=AuditLog(folder.parent / "audit")))
"""
# Every text that can be seen, with its contrast against what lies behind it, opacities included; least first.
CONTRASTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const colour = (css) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = css;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [[r, g, b], a / 255];
    };
    const over = (below, css, opacity) => {
        const [above, alpha] = colour(css);
        return below.map((value, n) => value + (above[n] - value) * alpha * opacity);
    };
    const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
    const contrast = (a, b) => {
        const [most, least] = [light(a), light(b)].sort((x, y) => y - x);
        return (most + 0.05) / (least + 0.05);
    };
    const above = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
    const behind = (node) => {
        const line = [];
        for (let at = node; at; at = above(at)) line.unshift(getComputedStyle(at));
        let ground = [255, 255, 255], opacity = 1;
        for (const style of line) {
            opacity *= Number(style.opacity);
            ground = over(ground, style.backgroundColor, opacity);
        }
        return [ground, opacity];
    };
    const found = [];
    const look = (root) => {
        for (const node of root.querySelectorAll("*")) {
            if (node.shadowRoot) look(node.shadowRoot);
            const box = node.getBoundingClientRect();
            const words = [...node.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
            if (node.matches("script, style, .unseen, :disabled, :disabled *, [data-testid=stIconMaterial]")) continue;
            if (box.width < 2 || !node.checkVisibility()) continue;
            const [ground, opacity] = behind(node);
            const told = (name, kind) => [
                contrast(over(ground, getComputedStyle(node, kind).color, opacity), ground).toFixed(2), name,
            ];
            if (words) found.push(told(words.slice(0, 60)));
            if (node.placeholder && !node.value) found.push(told(node.placeholder, "::placeholder"));
            if (node.matches(".meter-score")) {
                found.push([contrast(ground, behind(above(node))[0]).toFixed(2), "meter"]);
            }
        }
    };
    look(document.body);
    return found.sort((a, b) => a[0] - b[0]);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the real pages, the supervisor's among them, with answers that are written beforehand."""
    folder = tmp_path_factory.mktemp("served")
    with served(PAGE.format(folder=sleep_in(folder)), folder) as found:
        yield found


@pytest.fixture(params=LOOKS[:2], ids=lambda look: look.name)
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    opened = open_page(browser, address, request.param)
    yield opened
    opened.context.close()


@pytest.fixture
def wide(browser: Browser, address: str) -> Iterator[Page]:
    opened = open_page(browser, address, LOOKS[0])
    yield opened
    opened.context.close()


class TestWhatCanBeRead:
    def test_has_a_contrast_of_four_and_a_half_everywhere(self, page: Page) -> None:
        first = page.evaluate(CONTRASTS)
        page.get_by_role("button", name="Sources").click()
        page.get_by_test_id("stPopoverBody").wait_for()
        page.wait_for_timeout(1000)  # until what is hovered has taken its colour
        listed = page.evaluate(CONTRASTS)
        ask(page, "I want to die")
        ask(page, "What dose?")
        page.get_by_role("button", name="Tablets were not studied.").click()
        page.locator("mark.cited").wait_for()
        page.wait_for_function("() => !document.querySelector('[data-stale=\"true\"]')")
        page.wait_for_timeout(1000)  # until what was drawn anew has its full colour

        for contrast, words in (*first, *listed, *page.evaluate(CONTRASTS)):
            assert float(contrast) >= (3.0 if words == "meter" else 4.5), words

    def test_does_not_fade_while_a_question_is_being_answered(self, page: Page) -> None:
        fading = page.evaluate(
            """() => {
                const stage = document.createElement("p");
                stage.className = "stage";
                stage.innerHTML = "Searching<span aria-hidden='true'>…</span>";
                document.querySelector(".stMain").append(stage);
                return stage.getAnimations({ subtree: true }).map((one) => one.effect.target.textContent);
            }"""
        )

        assert fading == ["…"]


class TestWhatIsSaid:
    def test_comes_from_a_region_that_stood_there_before(self, wide: Page) -> None:
        region = wide.locator("#heard[role=status]")
        region.wait_for(state="attached")
        assert region.text_content() == ""

        ask(wide, "Does it help?")

        wide.wait_for_function("words => document.querySelector('#heard').textContent.includes(words)", arg=SENTENCE)


class TestTheFocus:
    @pytest.mark.parametrize("look", [LOOKS[0], LOOKS[2]], ids=lambda look: look.name)
    @pytest.mark.parametrize("name", ["Tablets were not studied.", "Sources"])
    def test_goes_back_to_what_a_closed_source_was_opened_from(
        self, browser: Browser, address: str, name: str, look: Look
    ) -> None:
        page = open_page(browser, address, look)
        ask(page, "What dose?")
        page.get_by_role("button", name=name).click()
        if name == "Sources":
            page.get_by_role("button", name="Sleep and the clinic").click()
        page.locator(".document").wait_for()
        wait_for_focus(page, "document")
        page.get_by_test_id("stPopoverBody").wait_for(state="detached")

        page.get_by_role("button", name="Close").click()

        page.wait_for_function("name => document.activeElement?.innerText.includes(name)", arg=name)
        page.context.close()


class TestASource:
    def test_that_is_opened_on_the_first_screen_is_seen_at_once_and_the_remarks_are_not_covered(
        self, wide: Page
    ) -> None:
        bar = wide.locator(".st-key-topbar").bounding_box()
        remark = wide.locator(".remark").bounding_box()
        assert bar
        assert remark
        assert remark["y"] >= bar["y"] + bar["height"]

        wide.get_by_role("button", name="Sources").click()
        wide.get_by_role("button", name="Sleep and the clinic").click()

        head = wide.locator(".st-key-source")
        head.wait_for()
        box = head.bounding_box()
        assert box
        assert box["y"] < LOOKS[0].height / 2

    def test_is_opened_in_the_chat_from_the_page_for_supervisors(self, wide: Page, address: str) -> None:
        wide.goto(f"{address}audit")
        wide.get_by_role("button", name="Sources").click()

        wide.get_by_role("button", name="Sleep and the clinic").click()

        wide.locator(".document").wait_for()
        assert not wide.url.rstrip("/").endswith("audit")

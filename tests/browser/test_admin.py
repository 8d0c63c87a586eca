"""The owner's console in a real Chromium: with scripts and without, on a small telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_SECONDS, ServerThread
from tests.support.api import ADMIN, PASSWORD
from tests.support.console import served

PLACES = (
    "today",
    "today?day=2026-11-30",
    "bookings/new",
    "calls",
    "calls/c-1",
    "follow-ups",
    "audit",
    "privacy",
)
SMALL = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server whose house has had an ordinary week."""
    server = ServerThread(served(tmp_path_factory.mktemp("console")))
    try:
        yield server.start() + "/admin"
    finally:
        server.stop()


@contextmanager
def logged_in(browser: Browser, url: str, *, scripts: bool = True) -> Iterator[Page]:
    """A telephone that logged in; broken scripts and policies fail the test."""
    errors: list[str] = []
    context = browser.new_context(viewport=SMALL, locale="en-IN", java_script_enabled=scripts)  # type: ignore[arg-type]
    with closing(context):
        page = context.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"{url}/today")
        expect(page).to_have_url(f"{url}/login")
        page.get_by_label("Name").fill(ADMIN)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page).to_have_url(f"{url}/today")
        yield page
    assert errors == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_guests_are_noted_as_arrived_and_taken_back(silent_chromium: Browser, console: str, scripts: bool) -> None:
    with logged_in(silent_chromium, console, scripts=scripts) as page:
        meera = page.get_by_role("listitem").filter(has_text="Meera Nair")
        expect(meera.locator(".status")).to_have_text("Arrived")
        meera.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_have_text(re.compile("still expected"))
        expect(meera.locator(".status")).to_have_text("Expected")
        meera.get_by_role("button", name="Arrived").click()
        expect(page.get_by_role("status")).to_have_text(re.compile("have arrived"))
        expect(meera.locator(".status")).to_have_text("Arrived")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_booking_is_added_by_hand_at_the_time_that_is_free(
    silent_chromium: Browser, console: str, scripts: bool
) -> None:
    with logged_in(silent_chromium, console, scripts=scripts) as page:
        page.get_by_role("link", name="Add a booking").click()
        page.get_by_label("Time").fill("20:00")
        page.get_by_label("People").fill("8")
        page.get_by_label("Name").fill("Sonam Wangmo")
        page.get_by_label("Mobile number").fill("098765 43210")
        page.get_by_role("button", name="Book", exact=True).last.click()
        expect(page.get_by_role("alert")).to_contain_text("at most 6 people")
        assert page.get_by_label("Name").input_value() == "Sonam Wangmo"
        page.locator("button[name=instead]").first.click()
        expect(page.get_by_role("status")).to_have_text("Booked.")
        added = page.get_by_role("listitem").filter(has_text="Sonam Wangmo").filter(has_text="Expected")
        expect(added.first).to_contain_text("98XXXX3210")
        added.first.get_by_text("Cancel…").click()  # the next run of this test has the same table
        added.first.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("status")).to_have_text("The booking is cancelled.")


def test_enter_books_what_the_fields_say_and_no_alternative(silent_chromium: Browser, console: str) -> None:
    with logged_in(silent_chromium, console) as page:
        page.goto(f"{console}/bookings/new")
        page.get_by_label("Time").fill("20:00")
        page.get_by_label("People").fill("8")
        page.get_by_label("Name").fill("Enter Key")
        page.get_by_label("Mobile number").fill("9876543211")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Mobile number").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("at most 6 people")


def test_of_two_editors_the_second_is_told(silent_chromium: Browser, console: str) -> None:
    with logged_in(silent_chromium, console) as one, logged_in(silent_chromium, console) as two:
        for page in (one, two):
            page.goto(f"{console}/today")
        karma = [page.get_by_role("listitem").filter(has_text="Karma Bhutia") for page in (one, two)]
        for booking in karma:
            booking.get_by_text("Cancel…").click()
        karma[0].get_by_role("button", name="Cancel").click()
        expect(one.get_by_role("status")).to_have_text("The booking is cancelled.")
        karma[1].get_by_role("button", name="Cancel").click()
        expect(two.get_by_role("status")).to_contain_text("Somebody else changed it first")


@pytest.mark.parametrize("language", ["English", "हिन्दी"])
def test_no_page_scrolls_sideways_or_has_a_control_without_a_name(
    silent_chromium: Browser, console: str, language: str
) -> None:
    with logged_in(silent_chromium, console) as page:
        page.get_by_role("link", name=language).click()
        for place in PLACES:
            page.goto(f"{console}/{place}")
            assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"], place
            page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"], f"{place}, opened"
            nameless = page.evaluate(
                """() => [...document.querySelectorAll('input:not([type=hidden]), select, button, a')]
                    .filter(it => !(it.innerText || it.ariaLabel || it.labels?.[0]?.innerText || '').trim())
                    .map(it => it.outerHTML)"""
            )
            assert nameless == [], place
            small = page.evaluate(
                """() => [...document.querySelectorAll('main button, main .button, nav a')]
                    .filter(it => it.tabIndex >= 0 && it.getBoundingClientRect().height)
                    .filter(it => it.getBoundingClientRect().height < 40).map(it => it.outerHTML)"""
            )
            assert small == [], place


CONTRAST = """() => {
  const HIDDEN = '.visually-hidden, .skip, svg, datalist, option';
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const solid = colours => {  // what is seen of colours that lie on each other, the first lowest
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = colour => colour.map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const it = walk.currentNode.parentElement, box = it.getBoundingClientRect();
    if (!walk.currentNode.data.trim() || !box.width || it.closest(HIDDEN)) continue;
    const grounds = [];
    for (let up = it; up; up = up.parentElement) grounds.unshift(getComputedStyle(up).backgroundColor);
    const below = solid(grounds), above = solid([...grounds, getComputedStyle(it).color]);
    const [a, b] = [light(above), light(below)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${it.className || it.tagName}: ${walk.currentNode.data.trim()}`);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_enough(silent_chromium: Browser, console: str, scheme: str) -> None:
    """WCAG AA: 4.5 to 1, small and large letters alike."""
    with logged_in(silent_chromium, console) as page:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for place in PLACES:
            page.goto(f"{console}/{place}")
            assert page.evaluate(CONTRAST) == [], place


def test_the_page_can_be_used_with_the_keyboard_alone(silent_chromium: Browser, console: str) -> None:
    with logged_in(silent_chromium, console) as page:
        page.goto(f"{console}/calls")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Outcome")).to_be_visible()


def test_logging_out_leaves_nothing_behind_the_back_button(silent_chromium: Browser, console: str) -> None:
    with logged_in(silent_chromium, console) as page:
        page.goto(f"{console}/calls")
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("status")).to_have_text("You are logged out.")
        page.go_back()
        expect(page).to_have_url(re.compile("/login"))

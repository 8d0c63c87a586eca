"""A booking typed into the browser phone, from the page to the row."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened, silent_chromium
from tests.e2e.conftest import RealServer

__all__ = ["silent_chromium"]  # the fixture serves here too

PATIENCE_MS = 20_000
SAYS = (
    ("a table for five on Saturday at one in the afternoon", r"name"),
    ("Meera Nair", r"number"),
    ("98111 22233", r"\?"),
    ("yes please", r"booked"),
)


@pytest.fixture
def page(silent_chromium: Browser, server: RealServer) -> Iterator[Page]:
    yield from opened(silent_chromium, server.url)


def test_a_booking_typed_into_the_page_is_a_row_in_the_database(page: Page, server: RealServer) -> None:
    page.get_by_role("button", name="Call", exact=True).click()
    box = page.get_by_role("textbox")
    expect(page.locator("li.bot")).to_have_count(1, timeout=PATIENCE_MS)
    for number, (words, answer) in enumerate(SAYS, start=1):
        box.fill(words)
        box.press("Enter")
        expect(page.locator("li.caller")).to_have_count(number, timeout=PATIENCE_MS)
        expect(page.locator("li.bot")).to_have_count(number + 1, timeout=PATIENCE_MS)
        expect(page.locator("li.bot").last).to_contain_text(re.compile(answer, re.IGNORECASE), timeout=PATIENCE_MS)
        expect(page.locator("li.bot .latency").last).to_contain_text("ms")
    card = page.locator("li.booking")
    expect(card).to_contain_text("Meera Nair", timeout=PATIENCE_MS)
    expect(card).to_contain_text("5 people")
    rows = server.rows("SELECT reservation_date, reservation_time, party_size, customer_name, status FROM reservations")
    assert ("2026-11-28", "13:00:00.000000", 5, "Meera Nair", "confirmed") in rows

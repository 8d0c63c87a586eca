"""The page on the real server, with its own ears, brain, voice and database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import FAKE_MICROPHONE, opened
from vartalaap.simulator.demo import DEMO_CLOCK, DEMO_RECORDINGS, running_server

pytestmark = [pytest.mark.slow, pytest.mark.realtime]

REPLY_MS = 20_000
SPEECH_MS = 60_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser") / "phone.db"


@pytest.fixture(scope="module")
def server(database: Path) -> Iterator[str]:
    """The URL of a server whose clock says Wednesday, 25 November 2026, 14:00 in India."""
    with running_server(database, {"CLOCK_START": DEMO_CLOCK}) as url:
        yield url


@pytest.fixture
def typing(silent_chromium: Browser, server: str) -> Iterator[Page]:
    """A caller without a microphone."""
    yield from opened(silent_chromium, server)


@pytest.fixture
def speaking(launch: Callable[..., Browser], server: str) -> Iterator[Page]:
    """A caller whose microphone plays a recording, again and again: its first time may come before the call is on."""
    recording = f"--use-file-for-fake-audio-capture={DEMO_RECORDINGS}-1.wav"
    with closing(launch(*FAKE_MICROPHONE, recording)) as browser:
        yield from opened(browser, server)


def say(page: Page, words: str) -> None:
    """Type, and wait until it has been answered."""
    answers = page.locator(".bot")
    before = answers.count()
    page.get_by_label("Type instead of talking").fill(words)
    page.keyboard.press("Enter")
    expect(answers).to_have_count(before + 1, timeout=REPLY_MS)


def test_a_table_typed_on_the_page_is_booked_as_the_card_says(typing: Page, database: Path) -> None:
    typing.get_by_role("button", name="Call").click()
    expect(typing.locator(".bot")).to_have_count(1, timeout=REPLY_MS)
    for words in ("kal shaam saat baje chaar logon ke liye table chahiye", "Suresh", "9876543210", "haan"):
        say(typing, words)
    card = typing.locator(".booking")
    expect(card).to_contain_text("4 people", timeout=REPLY_MS)
    expect(card).to_contain_text("26 November")
    expect(card).to_contain_text("7:00")
    reference = card.locator("[data-field=reference]").inner_text()
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT id, reservation_date, reservation_time, party_size, status FROM reservations")
        (row,) = rows.fetchall()
    assert row[1:] == ("2026-11-26", "19:00:00.000000", 4, "confirmed")
    assert (len(reference), str(row[0]).startswith(reference)) == (8, True)


@pytest.mark.recogniser
def test_words_spoken_into_the_microphone_are_understood(speaking: Page) -> None:
    speaking.get_by_role("button", name="Call").click()
    heard = speaking.locator(".caller p").first
    expect(heard).to_be_visible(timeout=SPEECH_MS)
    assert heard.inner_text().strip()
    expect(speaking.locator(".bot .latency").first).to_be_visible(timeout=REPLY_MS)

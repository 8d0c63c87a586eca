"""The page as the server renders it: hours in words, headers, files."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.conftest import TUESDAY_NOON, FakeParts, Phone, demo_business, serving
from vartalaap.api.routes.phone_page import hours_in_words, is_open
from vartalaap.core.clock import Clock

INDIA = ZoneInfo("Asia/Kolkata")
EVERY_DAY = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.mark.parametrize(
    ("now", "is_it_open", "words"),
    [
        (datetime(2026, 8, 4, 11, 0), True, "Today 11:00 am – 10:30 pm"),
        (datetime(2026, 8, 4, 10, 59), False, "Today 11:00 am – 10:30 pm"),
        (datetime(2026, 8, 4, 22, 30), False, "Today 11:00 am – 10:30 pm"),
        (datetime(2026, 8, 3, 13, 0), False, "Closed today, opens tomorrow at 11:00 am"),
    ],
)
def test_the_hours_are_told_in_words(now: datetime, is_it_open: bool, words: str) -> None:
    local = now.replace(tzinfo=INDIA)
    assert is_open(demo_business(), local) is is_it_open
    assert hours_in_words(demo_business(), local) == words


def test_a_shift_past_midnight_is_still_open_the_day_after() -> None:
    business = demo_business(operating_hours={"saturday": "12:00-15:00, 18:00-02:00"})
    assert is_open(business, datetime(2026, 8, 9, 1, 59, tzinfo=INDIA))
    assert not is_open(business, datetime(2026, 8, 9, 2, 0, tzinfo=INDIA))
    saturday = datetime(2026, 8, 8, 9, 0, tzinfo=INDIA)
    assert hours_in_words(business, saturday) == "Today 12:00 pm – 3:00 pm, 6:00 pm – 2:00 am"
    assert hours_in_words(business, saturday + timedelta(days=2)) == "Closed today, opens Saturday at 12:00 pm"


def test_a_business_without_hours_is_closed_at_present() -> None:
    business = demo_business(operating_hours={})
    assert hours_in_words(business, datetime(2026, 8, 8, 9, 0, tzinfo=INDIA)) == "Closed at present"


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 10 * 1440))
def test_open_means_that_a_shift_has_begun_and_not_ended(start: int, end: int, minute: int) -> None:
    if start == end:
        return
    span = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    business = demo_business(operating_hours=dict.fromkeys(EVERY_DAY, span))
    now = datetime(2026, 8, 1, tzinfo=INDIA) + timedelta(minutes=minute)
    length = (end - start) % 1440
    assert is_open(business, now) is ((minute - start) % 1440 < length)


def test_the_page_names_the_business_and_brings_nothing_from_elsewhere(phone: Phone) -> None:
    answer = httpx.get(phone.url)
    assert answer.status_code == 200
    assert "<h1>Himalayan Kitchen</h1>" in answer.text
    assert "may be transcribed" in answer.text
    assert "//" not in answer.text.replace("<!doctype", "")
    assert '<a href="/admin">' in answer.text
    assert '<a href="/docs">' in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_business_name_cannot_bring_in_markup() -> None:
    assert "&lt;b&gt;" in rendered("<b>Kitchen</b>")


def rendered(name: str) -> str:
    """The page of a business of this name."""
    with serving(FakeParts(demo_business(name=name), Clock(TUESDAY_NOON))) as phone:
        return httpx.get(phone.url).text


def test_the_files_are_checked_for_changes_each_time(phone: Phone) -> None:
    first = httpx.get(f"{phone.url}/static/phone/phone.js")
    assert first.headers["cache-control"] == "no-cache"
    again = httpx.get(f"{phone.url}/static/phone/phone.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert httpx.get(f"{phone.url}/static/../templates/phone.html").status_code == 404

"""What the pages show and change: through the desk and the repositories, each change in the audit log."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from tests.integration.admin.conftest import browser, history
from tests.support.api import ADMIN
from tests.support.browsing import Browser
from tests.support.console import CALLER, GUESTS
from tests.unit.security.test_limits import Hand
from vartalaap.admin.routes.audit import ENTITIES
from vartalaap.admin.words import LANGUAGES, catalogue
from vartalaap.bootstrap import Office
from vartalaap.core.booking.rules import Rule
from vartalaap.core.events import BookingMade
from vartalaap.db.models import (
    CONSENTS,
    FOLLOW_UP_STATES,
    OUTCOMES,
    RESERVATION_STATES,
    AuditRow,
    FollowUpRow,
    ReservationRow,
)

PAGES = (
    "/admin/today",
    "/admin/today?day=2026-11-30",
    "/admin/bookings/new",
    "/admin/calls",
    "/admin/calls/c-1",
    "/admin/calls/c-3",
    "/admin/follow-ups",
    "/admin/audit",
    "/admin/privacy",
    "/admin/nowhere",
)
BOOKING = {
    "reservation_date": "2026-11-25",
    "reservation_time": "18:30",
    "party_size": "4",
    "customer_name": "Sonam Wangmo",
    "customer_phone": "098765 43210",
    "notes": "",
    "business_id": "himalayan-kitchen",
    "key": "a-key",
}


async def row_of(office: Office, name: str) -> ReservationRow:
    async with office.database.read() as session:
        found = await session.scalars(select(ReservationRow).where(col(ReservationRow.customer_name) == name))
        row: ReservationRow = found.one()
        return row


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_light_bound_by_headers_and_without_a_number(
    filled: Office, visitor: Browser, language: str
) -> None:
    await visitor.open(f"/admin/language/{language}")
    style = (await visitor.open("/admin/static/console.css")).content
    script = (await visitor.open("/admin/static/console.js")).content
    for path in PAGES:
        shown = await visitor.open(path)
        assert len(shown.content) + len(style) + len(script) < 50_000, path
        assert f'<html lang="{language}">' in shown.text
        assert "script-src 'self'" in shown.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]
        assert shown.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?! src)|<style|\sstyle=|\son[a-z]+=", shown.text), path
        for _, _, _, _, number, _ in GUESTS:
            assert number not in shown.text, path
    assert "97XXXX2345" in (await visitor.open("/admin/today")).text


def test_the_catalogue_has_both_languages_with_the_same_values() -> None:
    for key, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES), key
        named = {language: set(re.findall(r"\{(\w+)\}", text)) for language, text in texts.items()}
        assert named["en"] == named["hi"], key


def test_every_rule_status_and_outcome_has_its_words() -> None:
    codes = [f"rule.{rule}" for rule in Rule]
    codes += [f"status.{status}" for status in RESERVATION_STATES] + [f"do.{status}" for status in RESERVATION_STATES]
    codes += [f"notice.{status}" for status in RESERVATION_STATES] + [f"follow.{state}" for state in FOLLOW_UP_STATES]
    codes += [f"outcome.{outcome}" for outcome in OUTCOMES] + [f"consent.{consent}" for consent in CONSENTS]
    codes += [f"entity.{entity}" for entity in ENTITIES]
    assert [code for code in codes if code not in catalogue()] == []


async def test_a_language_is_remembered_and_leads_back_only_within_the_console(visitor: Browser) -> None:
    answer = await visitor.open("/admin/language/hi?back=https://evil.example/")
    assert answer.headers["Location"] == "/admin/today"
    assert "लॉग आउट" in (await visitor.open("/admin/today")).text
    assert (await visitor.open("/admin/language/xx")).status_code == 422


async def test_the_day_lists_who_comes_and_how_full_the_house_is(filled: Office, visitor: Browser) -> None:
    shown = (await visitor.open("/admin/today")).text
    times = re.findall(r'class="time">([^<]+)<', shown)
    assert times == ["2:45 pm", "4:00 pm", "7:00 pm", "7:15 pm", "7:30 pm", "8:00 pm", "8:15 pm", "9:15 pm"]
    assert "8 bookings, 37 people" in shown
    assert "Most at 8:15 pm: 21 of 40" in shown
    assert "closed on this day" in (await visitor.open("/admin/today?day=2026-11-30")).text
    assert "No bookings" in (await visitor.open("/admin/today?day=2026-12-04")).text


async def test_guests_who_arrive_keep_their_seats_until_they_leave(
    filled: Office, visitor: Browser, hand: Hand
) -> None:
    row = await row_of(filled, "Tenzin Dolma")
    path = f"/admin/bookings/{row.id}"
    await visitor.open("/admin/today")
    early = await visitor.send(path, status="seated", version=str(row.version))
    assert "notice=rule_not_begun" in early.headers["Location"]
    hand.at += 65 * 60  # 55 minutes before: they may be early
    await visitor.log_in()
    await visitor.open("/admin/today")
    seated = await visitor.send(path, status="seated", version=str(row.version), day="2026-11-25")
    assert seated.headers["Location"] == "/admin/today?day=2026-11-25&notice=seated"
    assert "37 people" in (await visitor.open("/admin/today")).text
    hand.at += 60 * 60
    await visitor.log_in()
    await visitor.open("/admin/today")
    left = await visitor.send(path, status="completed", version=str(row.version + 1))
    assert "notice=completed" in left.headers["Location"]
    assert "33 people" in (await visitor.open("/admin/today")).text
    seat, complete = (await history(filled, "seat", "complete"))[-2:]
    assert (seat.actor, seat.ip) == (f"admin:{ADMIN}", "10.0.0.5")
    assert seat.before is not None
    assert seat.after is not None
    assert (seat.before["status"], seat.after["status"]) == ("confirmed", "seated")
    assert complete.after is not None
    assert complete.after["status"] == "completed"


async def test_of_two_editors_the_second_is_told_and_overwrites_nothing(
    filled: Office, visitor: Browser, app: FastAPI
) -> None:
    row = await row_of(filled, "Imran Qureshi")
    other = browser(app, "10.0.0.8")
    await other.log_in()
    for editor in (visitor, other):
        await editor.open("/admin/today")
    await visitor.send(f"/admin/bookings/{row.id}", status="cancelled", version=str(row.version))
    second = await other.send(f"/admin/bookings/{row.id}", status="seated", version=str(row.version))
    assert "notice=changed_meanwhile" in second.headers["Location"]
    assert "Somebody else changed it first" in (await other.open(second.headers["Location"])).text
    assert (await row_of(filled, "Imran Qureshi")).status == "cancelled"


async def test_a_booking_by_hand_is_made_once_however_often_it_is_sent(office: Office, visitor: Browser) -> None:
    await visitor.open("/admin/bookings/new")
    for _ in range(2):
        made = await visitor.send("/admin/bookings", **BOOKING)
        assert made.headers["Location"] == "/admin/today?day=2026-11-25&notice=booked"
    row = await row_of(office, "Sonam Wangmo")
    assert (row.party_size, row.status) == (4, "confirmed")
    (booked,) = await history(office, "book")
    assert (booked.actor, booked.ip) == (f"admin:{ADMIN}", "10.0.0.5")
    assert "9876543210" not in repr(booked)


async def test_a_form_that_has_booked_and_is_changed_afterwards_asks_before_it_books_again(
    office: Office, visitor: Browser
) -> None:
    await visitor.open("/admin/bookings/new")
    await visitor.send("/admin/bookings", **BOOKING)
    changed = {**BOOKING, "customer_name": "Sonam W. 98765 43210"}
    asked = await visitor.send("/admin/bookings", **changed)
    assert (asked.status_code, "has made a booking already" in asked.text) == (409, True)
    assert len(await history(office, "book")) == 1
    (fresh,) = re.findall(r'name="key" value="([^"]+)"', asked.text)
    booked = await visitor.send("/admin/bookings", **{**changed, "key": fresh})
    assert "notice=booked" in booked.headers["Location"]
    assert len(await history(office, "book")) == 2
    assert (await row_of(office, "Sonam W. [number]")).party_size == 4


async def test_a_refusal_is_explained_and_an_alternative_is_one_tap_away(filled: Office, visitor: Browser) -> None:
    await visitor.open("/admin/bookings/new")
    wish = {**BOOKING, "reservation_time": "20:00", "party_size": "8"}
    refused = await visitor.send("/admin/bookings", **wish)
    assert refused.status_code == 409
    assert "at most 6 people" in refused.text
    free = re.findall(r'name="instead" value="([^"]+)"', refused.text)
    assert len(free) == 2
    visitor.page = refused
    booked = await visitor.send("/admin/bookings", **wish, instead=free[0])
    assert "notice=booked" in booked.headers["Location"]
    row = await row_of(filled, "Sonam Wangmo")
    assert f"{row.reservation_date}T{row.reservation_time:%H:%M}" == free[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reservation_date", "yesterday"),
        ("reservation_time", ""),
        ("party_size", "many"),
        ("party_size", "9" * 5000),
        ("customer_name", " "),
        ("customer_phone", "12345"),
        ("notes", "x" * 1001),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    visitor: Browser, field: str, value: str
) -> None:
    await visitor.open("/admin/bookings/new")
    answer = await visitor.send("/admin/bookings", **{**BOOKING, field: value})
    assert answer.status_code == 422
    assert re.findall(r'aria-describedby="wrong-(\w+)"', answer.text) == [field]
    assert field == "customer_name" or "Sonam Wangmo" in answer.text


async def test_a_closed_day_names_the_next_open_one(visitor: Browser) -> None:
    await visitor.open("/admin/bookings/new")
    answer = await visitor.send("/admin/bookings", **{**BOOKING, "reservation_date": "2026-11-30"})
    assert "closed on that day" in answer.text
    assert "Next open day: Tuesday, 1 December" in answer.text


async def test_what_guests_say_is_text_and_never_markup(office: Office, visitor: Browser) -> None:
    await visitor.open("/admin/bookings/new")
    name = "<script>alert(1)</script>"
    await visitor.send("/admin/bookings", **{**BOOKING, "customer_name": name, "notes": "<img src=x>"})
    shown = (await visitor.open("/admin/today")).text
    assert name not in shown
    assert "&lt;script&gt;" in shown
    assert "<img" not in shown


async def test_calls_are_listed_newest_first_with_masked_numbers_and_filters(filled: Office, visitor: Browser) -> None:
    shown = (await visitor.open("/admin/calls")).text
    assert re.findall(r"/admin/calls/(c-\d)", shown) == [f"c-{number}" for number in range(1, 7)]
    assert CALLER.e164 not in shown
    dropped = (await visitor.open("/admin/calls?outcome=dropped&consent=&language=&first=&last=")).text
    assert re.findall(r"/admin/calls/(c-\d)", dropped) == ["c-5"]
    day_before = (await visitor.open("/admin/calls?last=2026-11-24")).text
    assert re.findall(r"/admin/calls/(c-\d)", day_before) == ["c-6"]
    assert "No calls match" in (await visitor.open("/admin/calls?outcome=error")).text
    assert (await visitor.open("/admin/calls?page=0")).status_code == 422
    assert (await visitor.open("/admin/calls/unknown")).status_code == 404


async def test_a_call_shows_what_was_said_only_where_the_caller_agreed(filled: Office, visitor: Browser) -> None:
    told = (await visitor.open("/admin/calls/c-1")).text
    assert "Birthday hai" in told
    assert "655 ms" in told
    silent = (await visitor.open("/admin/calls/c-3")).text
    assert "did not want a transcript" in silent
    assert "bubble" not in silent


async def test_a_follow_up_is_marked_as_done_once_and_noted_without_its_summary(
    filled: Office, visitor: Browser
) -> None:
    await filled.follow_ups.allow_whatsapp("himalayan-kitchen", "c-9", CALLER)  # asks nobody for anything
    shown = (await visitor.open("/admin/follow-ups")).text
    assert shown.count("Mark as done") == 2
    (path,) = re.findall(r'action="(/admin/follow-ups/[^"]+)"', shown)[:1]
    assert "follow_up_done" in (await visitor.send(path, version="1")).headers["Location"]
    assert "changed_meanwhile" in (await visitor.send(path, version="1")).headers["Location"]
    async with filled.database.read() as session:
        states = sorted(await session.scalars(select(col(FollowUpRow.status))))
    assert states == ["pending", "pending", "responded"]
    (noted,) = [row for row in await history(filled, "change") if row.entity == "whatsapp_followups"]
    assert "Saturday" not in repr(noted)


async def test_the_history_is_filtered_by_what_who_and_when(filled: Office, visitor: Browser) -> None:
    everything = (await visitor.open("/admin/audit")).text
    assert "logged in" in everything
    logins = (await visitor.open("/admin/audit?entity=admin_sessions")).text
    assert "logged in" in logins
    assert "booked" not in logins
    ours = (await visitor.open(f"/admin/audit?actor=admin:{ADMIN}")).text
    assert "api:3fa2c1d0" not in ours
    assert "No changes match" in (await visitor.open("/admin/audit?last=2026-11-01")).text


async def test_a_number_s_data_are_exported_as_a_file_and_noted_without_the_number(
    filled: Office, visitor: Browser
) -> None:
    await visitor.open("/admin/privacy")
    answer = await visitor.send("/admin/privacy/export", number="097110 12345")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="personal-data-')
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.json()
    assert found["number"] == CALLER.e164
    assert [row["customer_name"] for row in found["reservations"]] == ["राहुल शर्मा"]
    async with filled.database.read() as session:
        last = await session.scalar(select(AuditRow).order_by(col(AuditRow.id).desc()).limit(1))
    assert last is not None
    assert last.actor == f"admin:{ADMIN}"
    assert "97110" not in repr(last)


async def test_erasing_asks_first_and_shows_a_receipt(filled: Office, visitor: Browser) -> None:
    await visitor.open("/admin/privacy")
    asked = await visitor.send("/admin/privacy/erase", number="097110 12345")
    assert "Erase everything about 97XXXX2345?" in asked.text
    assert "One booking is still to come" in asked.text
    assert (await row_of(filled, "राहुल शर्मा")).status == "confirmed"
    done = await visitor.send("/admin/privacy/erase", number=CALLER.e164, bookings="cancel", sure="yes")
    assert "Receipt" in done.text
    shown = (await visitor.open("/admin/today")).text
    assert "राहुल शर्मा" not in shown
    assert "number erased" in shown
    assert (await visitor.send("/admin/privacy/erase", number="123")).status_code == 422


async def test_long_lists_come_in_pages(office: Office, visitor: Browser) -> None:
    await visitor.open("/admin/bookings/new")
    for number in range(30):
        await visitor.send(
            "/admin/bookings", **{**BOOKING, "key": str(number), "party_size": "1", "customer_name": f"Guest {number}"}
        )
    first = (await visitor.open("/admin/audit?entity=reservations")).text
    assert "1–25 of 30" in first
    second = (await visitor.open("/admin/audit?entity=reservations&page=2")).text
    assert "26–30 of 30" in second


async def test_a_bug_s_page_says_nothing_of_its_insides(app: FastAPI, visitor: Browser) -> None:
    app.state.parts.business = None  # what comes next fails
    answer = await visitor.open("/admin/calls")
    assert answer.status_code == 500
    assert "Something of ours failed" in answer.text
    assert "NoneType" not in answer.text
    assert "Content-Security-Policy" in answer.headers


async def test_the_language_can_be_changed_from_a_page_that_answered_a_form(visitor: Browser) -> None:
    await visitor.open("/admin/privacy")
    answer = await visitor.send("/admin/privacy/erase", number="98xx", bookings="keep")
    back = re.search(r'href="(/admin/language/en\?back=[^"]+)"', answer.text)
    assert back
    followed = await visitor.http.get(back[1])
    assert (await visitor.http.get(followed.headers["location"])).status_code == 200


async def test_a_booking_s_reference_is_the_one_that_the_caller_s_card_shows(visitor: Browser, filled: Office) -> None:
    row = await row_of(filled, GUESTS[0][3])
    shown = BookingMade.of(await filled.reservations.get(row.id)).reference
    assert (len(shown), row.id.startswith(shown)) == (8, True)
    assert f"ref. {shown}" in (await visitor.open("/admin/today")).text

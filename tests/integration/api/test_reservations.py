"""Reservations over HTTP: the same rules as in a call, with no way around them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.book import test_business
from vartalaap.bootstrap import Office
from vartalaap.db.models import AuditRow

FRIDAY = "2026-11-27"


def wish(**changes: object) -> dict[str, object]:
    return {
        "reservation_date": FRIDAY,
        "reservation_time": "20:00",
        "party_size": 4,
        "customer_name": "Meera Nair",
        "customer_phone": "098111 22233",
        **changes,
    }


async def book(api: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    answer = await api.post("/reservations", json=wish(**changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_booking_is_made_shown_with_a_masked_number_and_found_again(api: httpx.AsyncClient) -> None:
    answer = await api.post("/reservations", json=wish(notes="by the window"))
    made = answer.json()
    assert answer.headers["Location"] == f"/reservations/{made['id']}"
    assert made["customer_phone"] == "98XXXX2233"
    assert {**made, "notes": "by the window", "status": "confirmed", "version": 1} == made
    assert (made["reservation_date"], made["reservation_time"], made["party_size"]) == (FRIDAY, "20:00", 4)
    assert (await api.get(f"/reservations/{made['id']}")).json() == made
    page = (await api.get("/reservations", params={"reservation_date": FRIDAY})).json()
    assert (page["items"], page["total"]) == ([made], 1)
    assert "9811122233" not in (await api.get("/reservations")).text


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"party_size": 20}, "max_phone_party_size"),
        ({"reservation_date": "2020-05-01"}, "in_the_past"),
        ({"reservation_date": "0001-01-01"}, "in_the_past"),
        ({"reservation_date": "9999-12-31"}, "max_advance_booking_days"),
        ({"reservation_time": "03:00"}, "outside_hours"),
        ({"reservation_date": "2026-11-30"}, "closed_day"),
        ({"reservation_time": "22:00"}, "last_seating"),
        ({"party_size": 8}, "peak_max_party_size"),
    ],
)
async def test_a_broken_rule_is_named(api: httpx.AsyncClient, changes: dict[str, object], rule: str) -> None:
    answer = await api.post("/reservations", json=wish(**changes))
    assert (answer.status_code, answer.json()["error"]["rule"]) == (409, rule)
    assert (await api.get("/reservations")).json()["total"] == 0


async def test_a_full_house_is_answered_with_what_is_free(api: httpx.AsyncClient, office: Office) -> None:
    await office.businesses.put(test_business(total_seats=6))
    await book(api, party_size=4)
    error = (await api.post("/reservations", json=wish())).json()["error"]
    assert (error["rule"], error["alternatives"]) == ("total_seats", ["2026-11-27T18:15", "2026-11-27T18:00"])
    assert error["message"] == "There are not enough free seats at that time."
    for start in error["alternatives"]:
        day, time = start.split("T")
        asked = {"date": day, "time": time, "party_size": 4}
        assert (await api.get("/reservations/availability", params=asked)).json()["available"]


@pytest.mark.parametrize(
    "changes",
    [
        {"party_size": 0},
        {"party_size": "many"},
        {"reservation_time": "25:00"},
        {"reservation_date": "2026-02-30"},
        {"customer_phone": "12"},
        {"customer_name": " "},
        {"customer_name": "a\u0000b"},
        {"colour": "red"},
    ],
)
async def test_a_malformed_wish_is_refused_without_repeating_it(
    api: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    answer = await api.post("/reservations", json=wish(**changes))
    assert answer.status_code == 422
    (field,) = answer.json()["error"]["fields"]
    assert field["field"].endswith(next(iter(changes)))
    assert "Meera" not in answer.text


async def test_the_same_idempotency_key_books_once(api: httpx.AsyncClient) -> None:
    answers = [await api.post("/reservations", json=wish(), headers={"Idempotency-Key": "k1"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await book(api))["id"] != answers[0].json()["id"]


async def test_a_key_of_one_house_books_anew_in_another(api: httpx.AsyncClient, office: Office) -> None:
    await office.businesses.put(test_business().model_copy(update={"id": "other-house", "phone_numbers": ()}))
    key = {"Idempotency-Key": "k1"}
    here = await api.post("/reservations", json=wish(), headers=key)
    there = await api.post("/reservations", json=wish(business_id="other-house"), headers=key)
    assert (here.status_code, there.status_code) == (201, 201)
    assert (here.json()["business_id"], there.json()["business_id"]) == (test_business().id, "other-house")
    assert (await api.get("/reservations", params={"business_id": "other-house"})).json()["total"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_name": "Meera Nayar"},
        {"customer_phone": "98111 22244"},
        {"notes": "by the window"},
        {"reservation_time": "13:00"},
        {"reservation_date": "2026-11-28"},
        {"party_size": 2},
    ],
)
async def test_a_key_is_good_for_one_wish_and_the_same_wish_is_answered_as_before(
    api: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await api.post("/reservations", json=wish(), headers=key)
    other = await api.post("/reservations", json=wish(**changes), headers=key)
    error = other.json()["error"]
    assert (other.status_code, error["type"], error["retryable"]) == (422, "BadRequest", False)
    assert error["message"] == "The Idempotency-Key was used for another booking: a changed request needs a new key."
    assert error["fields"][0]["field"] == "header.Idempotency-Key"
    assert (await api.get("/reservations")).json()["total"] == 1
    again = await api.post("/reservations", json=wish(), headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await api.post("/reservations", json=wish(**changes), headers={"Idempotency-Key": "k2"})).status_code == 201


async def test_a_repeated_request_does_not_book_again_what_was_moved_or_cancelled_since(api: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    made = (await api.post("/reservations", json=wish(), headers=key)).json()
    for change in ({"reservation_time": "13:00"}, {"status": "cancelled"}):
        now = (await api.patch(f"/reservations/{made['id']}", json=change)).json()
        assert (await api.post("/reservations", json=wish(), headers=key)).json() == now
    assert (await api.get("/reservations")).json()["total"] == 1


async def test_requests_with_one_key_that_come_at_once_book_once(api: httpx.AsyncClient) -> None:
    wishes = [wish(notes=notes) for notes in ("window", "door") for _ in range(4)]
    key = {"Idempotency-Key": "k1"}
    answers = await asyncio.gather(*(api.post("/reservations", json=one, headers=key) for one in wishes))
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [422] * 4
    assert (await api.get("/reservations")).json()["total"] == 1


@pytest.mark.parametrize("name", ["9812345678", "Ravi 98123 45678", "रवि ९८१२३ ४५६७८"])
async def test_a_number_in_a_name_is_hidden(api: httpx.AsyncClient, name: str) -> None:
    made = await book(api, customer_name=name)
    assert made["customer_name"].endswith("[number]")
    changed = await api.patch(f"/reservations/{made['id']}", json={"customer_name": f"of {name}"})
    assert changed.json()["customer_name"] == f"of {made['customer_name']}"


async def test_a_change_obeys_the_rules_and_counts_the_version(api: httpx.AsyncClient) -> None:
    made = await book(api)
    path = f"/reservations/{made['id']}"
    refused = await api.patch(path, json={"reservation_time": "03:00"})
    assert (refused.status_code, refused.json()["error"]["rule"]) == (409, "outside_hours")
    moved = (await api.patch(path, json={"reservation_time": "13:30", "party_size": 6})).json()
    assert (moved["reservation_time"], moved["party_size"], moved["version"]) == ("13:30", 6, 2)
    named = await api.patch(path, json={"customer_name": "Meera N", "customer_phone": "9811122244", "notes": "x"})
    assert (named.json()["customer_phone"], named.headers["ETag"]) == ("98XXXX2244", '"3"')


async def test_of_two_editors_the_second_is_told(api: httpx.AsyncClient) -> None:
    made = await book(api)
    path, tag = f"/reservations/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    assert (await api.patch(path, json={"notes": "first"}, headers=tag)).status_code == 200
    late = await api.patch(path, json={"notes": "second"}, headers=tag)
    assert (late.status_code, late.json()["error"]["version"]) == (409, 2)
    assert (await api.delete(path, headers=tag)).status_code == 409
    assert (await api.get(path)).json()["notes"] == "first"


async def test_cancelling_frees_the_seats_and_is_final(api: httpx.AsyncClient, office: Office) -> None:
    await office.businesses.put(test_business(total_seats=4))
    made = await book(api)
    path = f"/reservations/{made['id']}"
    assert (await api.patch(path, json={"status": "cancelled"})).json()["status"] == "cancelled"
    await book(api)
    again = await api.patch(path, json={"status": "confirmed"})
    assert (again.status_code, again.json()["error"]["rule"]) == (409, "status")
    moved = await api.patch(path, json={"reservation_time": "13:00"})
    assert (moved.status_code, moved.json()["error"]["rule"]) == (409, "status")


async def test_nobody_is_a_no_show_before_the_booking_begins(api: httpx.AsyncClient) -> None:
    path = f"/reservations/{(await book(api))['id']}"
    for status in ("no_show", "completed"):
        early = await api.patch(path, json={"status": status})
        assert (early.status_code, early.json()["error"]["rule"]) == (409, "not_begun")


async def test_a_deleted_booking_is_gone_and_its_history_stays(api: httpx.AsyncClient, office: Office) -> None:
    path = f"/reservations/{(await book(api))['id']}"
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404
    assert (await api.delete(path)).status_code == 404
    async with office.database.read() as session:
        history = select(AuditRow).where(col(AuditRow.entity) == "reservations").order_by(col(AuditRow.id))
        rows = list(await session.scalars(history))
    assert [row.action for row in rows] == ["book", "delete"]
    assert rows[1].actor.startswith("api:")
    assert (rows[1].before, rows[1].after) == (rows[0].after, None)


async def test_availability_says_why_not_and_what_instead(api: httpx.AsyncClient, office: Office) -> None:
    await office.businesses.put(test_business(total_seats=4))
    asked: dict[str, str | int] = {"date": FRIDAY, "time": "20:00", "party_size": 4}
    free = (await api.get("/reservations/availability", params=asked)).json()
    assert (free["available"], free["rule"]) == (True, None)
    await book(api)
    full = (await api.get("/reservations/availability", params=asked)).json()
    assert (full["available"], full["rule"]) == (False, "total_seats")
    assert full["alternatives"] == ["2026-11-27T18:15", "2026-11-27T18:00"]
    monday = (await api.get("/reservations/availability", params={**asked, "date": "2026-11-30"})).json()
    assert (monday["rule"], monday["next_open"]) == ("closed_day", "2026-12-01")


async def test_the_slots_of_a_day_are_its_quarters_with_what_refuses_them(
    api: httpx.AsyncClient, office: Office
) -> None:
    await office.businesses.put(test_business(total_seats=4))
    await book(api)
    slots = (await api.get("/reservations/slots", params={"date": FRIDAY, "party_size": 2})).json()["slots"]
    by_time = {slot["time"]: slot["rule"] for slot in slots}
    assert (len(slots), by_time["11:00"], by_time["18:15"]) == (46, None, None)
    assert (by_time["18:30"], by_time["21:30"], by_time["21:45"]) == ("total_seats", "total_seats", "last_seating")
    closed = await api.get("/reservations/slots", params={"date": "2026-11-30", "party_size": 2})
    assert closed.json()["slots"] == []


async def test_a_change_of_the_rules_applies_to_the_next_check(api: httpx.AsyncClient) -> None:
    await book(api)
    changed = {"reservation_rules": {"special_closures": [FRIDAY]}}
    assert (await api.patch("/businesses/himalayan-kitchen", json=changed)).status_code == 200
    refused = await api.post("/reservations", json=wish())
    assert (refused.status_code, refused.json()["error"]["rule"]) == (409, "special_closure")


ROOM = {
    "areas": [{"id": "hall", "hi": "हॉल", "en": "hall"}, {"id": "roof", "hi": "छत", "en": "rooftop"}],
    "tables": [{"name": "T1", "seats": 4, "area": "hall"}, {"name": "T2", "seats": 4, "area": "roof"}],
}


async def give_tables(api: httpx.AsyncClient) -> str:
    business = (await api.get("/businesses")).json()["items"][0]["id"]
    changed = await api.patch(f"/businesses/{business}", json=ROOM)
    assert changed.status_code == 200, changed.text
    return str(business)


async def test_a_room_of_two_tables_is_sold_by_tables_and_areas(api: httpx.AsyncClient) -> None:
    await give_tables(api)
    roof = await book(api, area="roof", party_size=2)
    assert (roof["area"], roof["tables"], roof["origin"]) == ("roof", ["T2"], "guest")
    refused = await api.post("/reservations", json=wish(area="roof", party_size=2))
    assert refused.status_code == 409
    details = refused.json()["error"]
    assert (details["rule"], details["elsewhere"], details["perhaps"]) == ("area", ["hall"], False)
    await book(api, party_size=2)
    asked: dict[str, str | int] = {"date": FRIDAY, "time": "20:00", "party_size": 2}
    assert (await api.get("/reservations/availability", params=asked)).json()["rule"] == "tables"
    assert (await api.post("/reservations", json=wish(area="cellar"))).status_code == 404


async def test_a_business_that_contradicts_itself_is_told_each_place(api: httpx.AsyncClient) -> None:
    business = await give_tables(api)
    wrong = {
        "combinations": [{"tables": ["T1", "T9"], "seats": 8}],
        "blocks": [{"date": FRIDAY, "from": "19:00", "to": "21:00", "tables": ["T7"]}],
    }
    refused = await api.patch(f"/businesses/{business}", json=wrong)
    assert refused.status_code == 409
    assert [field["field"] for field in refused.json()["error"]["fields"]] == [
        "combinations.0.tables.1",
        "blocks.0.tables.0",
    ]


async def test_who_walks_in_sits_and_the_last_change_is_taken_back(api: httpx.AsyncClient) -> None:
    await give_tables(api)
    answer = await api.post("/reservations/walk-ins", json={"party_size": 3}, headers={"Idempotency-Key": "door"})
    here = answer.json()
    assert (answer.status_code, here["status"], here["customer_phone"], here["tables"]) == (201, "seated", "", ["T1"])
    again = await api.post("/reservations/walk-ins", json={"party_size": 3}, headers={"Idempotency-Key": "door"})
    assert again.json()["id"] == here["id"]
    assert (await api.post("/reservations/walk-ins", json={"party_size": 4})).status_code == 201
    full = await api.post("/reservations/walk-ins", json={"party_size": 1})
    assert (full.status_code, full.json()["error"]["rule"]) == (409, "tables")
    over = await api.post("/reservations/walk-ins", json={"party_size": 1, "anyway": "seats"})
    assert (over.status_code, over.json()["tables"]) == (201, [])
    left = await api.patch(f"/reservations/{here['id']}", json={"status": "completed"})
    assert left.json()["status"] == "completed"
    back = await api.post(f"/reservations/{here['id']}/undo")
    assert (back.status_code, back.json()["status"]) == (200, "seated")


async def test_bookings_that_a_closed_day_hits_are_listed_and_none_is_cancelled(api: httpx.AsyncClient) -> None:
    business = await give_tables(api)
    large = await book(api, party_size=11, customer_phone=None, anyway="seats")
    made = await book(api, party_size=2)
    assert (await api.get("/reservations/misfits")).json() == {"bookings": []}
    closed = {"special_days": [{"date": FRIDAY, "closed": True, "note": {"en": "a wedding"}}]}
    assert (await api.patch(f"/businesses/{business}", json=closed)).status_code == 200
    hit = (await api.get("/reservations/misfits")).json()["bookings"]
    assert {(one["id"], one["rule"]) for one in hit} == {(each["id"], "special_closure") for each in (large, made)}
    assert (await api.get(f"/reservations/{made['id']}")).json()["status"] == "confirmed"

"""The other resources: made, listed, changed, deleted, and the business as a whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.book import TEST_NOW, test_business
from vartalaap.bootstrap import Office
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.business_file import dump_business, parse_business
from vartalaap.db.models import AuditRow, CallLogRow

HOUSE = "himalayan-kitchen"


async def test_a_new_dish_and_its_price_are_known_to_the_next_call(api: httpx.AsyncClient, office: Office) -> None:
    dish = {"category": "Momos", "name": "Jhol Momos", "price": 260, "tags": ["spicy"], "position": 3}
    made = (await api.post("/menu-items", json=dish)).json()
    assert {**made, **dish, "business_id": HOUSE, "version": 1} == made
    business = await office.businesses.get(HOUSE)
    assert [item.price for item in business.menu.items if item.name == "Jhol Momos"] == [260]
    changed = await api.patch(f"/menu-items/{made['id']}", json={"price": 280}, headers={"If-Match": '"1"'})
    assert (changed.json()["price"], changed.json()["version"]) == (280, 2)
    late = await api.patch(f"/menu-items/{made['id']}", json={"price": 290}, headers={"If-Match": '"1"'})
    assert late.status_code == 409
    assert (await api.delete(f"/menu-items/{made['id']}")).status_code == 204
    assert await office.businesses.get(HOUSE) == test_business()


async def test_lists_are_filtered_sorted_and_paged(api: httpx.AsyncClient) -> None:
    cheap = (await api.get("/menu-items", params={"price_to": 80, "sort": "-price"})).json()
    assert [item["price"] for item in cheap["items"]] == [80, 60, 50]
    second = (await api.get("/menu-items", params={"sort": "name", "limit": 4, "offset": 4})).json()
    assert (len(second["items"]), second["total"], second["offset"]) == (4, 15, 4)
    whole = (await api.get("/menu-items", params={"sort": "name"})).json()["items"]
    assert second["items"] == whole[4:8]
    for wrong in ({"sort": "colour"}, {"limit": 1000}, {"limit": 0}, {"offset": -1}, {"colour": "red"}):
        assert (await api.get("/menu-items", params=wrong)).status_code == 422


async def test_faqs_are_part_of_the_business(api: httpx.AsyncClient, office: Office) -> None:
    made = await api.post("/faqs", json={"question": "Do you have parking?", "answer": "Yes, behind.", "position": 99})
    assert made.status_code == 201
    assert (await office.businesses.get(HOUSE)).faqs[-1].answer == "Yes, behind."
    assert (await api.patch(f"/faqs/{made.json()['id']}", json={"answer": "No."})).json()["answer"] == "No."
    assert (await office.businesses.get(HOUSE)).faqs[-1].answer == "No."


async def test_one_rule_is_changed_and_the_rest_of_the_business_stays(api: httpx.AsyncClient, office: Office) -> None:
    before = (await api.get(f"/businesses/{HOUSE}")).json()
    patch = {"reservation_rules": {"total_seats": 44}, "operating_hours": {"monday": "12:00-15:00, 19:00-01:00"}}
    after = await api.patch(f"/businesses/{HOUSE}", json=patch, headers={"If-Match": f'"{before["version"]}"'})
    assert after.status_code == 200
    assert after.json() == {
        **before,
        "version": before["version"] + 1,
        "reservation_rules": {**before["reservation_rules"], "total_seats": 44},
        "operating_hours": {**before["operating_hours"], "monday": "12:00-15:00, 19:00-01:00"},
    }
    late = await api.patch(f"/businesses/{HOUSE}", json={"name": "X"}, headers={"If-Match": f'"{before["version"]}"'})
    assert late.status_code == 409
    async with office.database.read() as session:
        history = select(AuditRow).where(col(AuditRow.entity) == "businesses").order_by(col(AuditRow.id).desc())
        row = (await session.scalars(history)).first()
    assert row
    assert (set(row.before or {}), set(row.after or {})) == ({"operating_hours", "reservation_rules"},) * 2


@pytest.mark.parametrize(
    ("patch", "field", "status"),
    [
        ({"reservation_rules": {"max_phone_party_size": 0}}, "max_phone_party_size", 422),
        ({"reservation_rules": {"min_party_size": 50}}, "reservation_rules", 409),
        ({"operating_hours": {"monday": "25:00-26:00"}}, "monday", 422),
        ({"timezone": "Mars/Base"}, "timezone", 422),
        ({"menu": {}}, "menu", 422),
        ({"name": None}, "name", 422),
    ],
)
async def test_a_business_that_would_be_wrong_is_refused_with_the_field(
    api: httpx.AsyncClient, office: Office, patch: dict[str, object], field: str, status: int
) -> None:
    answer = await api.patch(f"/businesses/{HOUSE}", json=patch)
    assert answer.status_code == status
    assert any(field in wrong["field"] for wrong in answer.json()["error"]["fields"])
    assert await office.businesses.get(HOUSE) == test_business()


async def test_a_business_is_made_changed_and_deleted(api: httpx.AsyncClient) -> None:
    cafe = {"id": "corner-cafe", "name": "Corner Café", "operating_hours": {"friday": "09:00-18:00"}}
    made = await api.post("/businesses", json=cafe)
    assert (made.status_code, made.headers["Location"]) == (201, "/businesses/corner-cafe")
    assert (await api.post("/businesses", json=cafe)).status_code == 409
    assert (await api.get("/businesses", params={"sort": "-id"})).json()["total"] == 2
    table = {
        "business_id": "corner-cafe", "reservation_date": "2026-11-27", "reservation_time": "10:00", "party_size": 2,
        "customer_name": "Ravi", "customer_phone": "9811122233",
    }  # fmt: skip
    booked = await api.post("/reservations", json=table)
    assert booked.status_code == 201
    assert (await api.delete("/businesses/corner-cafe")).status_code == 409
    await api.delete(booked.headers["Location"])
    assert (await api.delete("/businesses/corner-cafe")).status_code == 204
    assert (await api.get("/businesses/corner-cafe")).status_code == 404
    assert (await api.post("/reservations", json=table)).status_code == 404


async def test_two_businesses_cannot_have_one_number(api: httpx.AsyncClient) -> None:
    thief = {"id": "thief", "name": "Thief", "phone_numbers": ["+911140001234"]}
    assert (await api.post("/businesses", json=thief)).status_code == 409
    assert (await api.get("/businesses/thief")).status_code == 404


async def test_call_logs_are_only_read(api: httpx.AsyncClient, office: Office) -> None:
    row = CallLogRow(
        id="call-1", business_id=HOUSE, channel="phone", started_at=TEST_NOW, ended_at=TEST_NOW,
        duration_seconds=0, outcome="resolved", consent_type="none",
    )  # fmt: skip
    async with office.database.write() as session:
        session.add(row)
    assert (await api.get("/call-logs", params={"outcome": "resolved"})).json()["total"] == 1
    assert (await api.get("/call-logs/call-1")).json()["transcript"] is None
    for method, path in (("POST", "/call-logs"), ("PATCH", "/call-logs/call-1"), ("DELETE", "/call-logs/call-1")):
        assert (await api.request(method, path, json={})).status_code == 405


async def test_a_follow_up_is_worked_off_and_shows_no_number(api: httpx.AsyncClient) -> None:
    wanted = {"reason": "catering", "summary": "forty people", "customer_phone": "9811122233"}
    made = (await api.post("/follow-ups", json=wanted)).json()
    assert (made["customer_phone"], made["status"]) == ("98XXXX2233", "pending")
    done = await api.patch(f"/follow-ups/{made['id']}", json={"status": "responded"})
    assert done.json()["status"] == "responded"
    assert (await api.get("/follow-ups", params={"status": "pending"})).json()["total"] == 0


async def test_an_opt_out_entered_by_the_owner_holds_in_the_next_call(api: httpx.AsyncClient, office: Office) -> None:
    given = {"customer_phone": "9811122233", "no_transcript": True}
    made = await api.post("/caller-preferences", json=given)
    assert made.status_code == 201
    assert "9811122233" not in made.text
    assert (await api.post("/caller-preferences", json=given)).status_code == 409
    caller = PhoneNumber("+919811122233")
    assert (await office.context(test_business(), "c", caller, "phone")).privacy_opt_out
    path = f"/caller-preferences/{made.json()['id']}"
    assert (await api.patch(path, json={"no_transcript": False, "language": "en"})).json()["language"] == "en"
    assert not (await office.context(test_business(), "c", caller, "phone")).privacy_opt_out
    assert (await api.patch(path, json={"language": None})).json()["language"] is None


async def test_the_configuration_comes_back_out_as_the_yaml_that_makes_it(office: Office) -> None:
    business = await office.businesses.get(HOUSE)
    assert parse_business(dump_business(business), "out.yaml") == business


def _texts(value: object, *place: Any) -> Iterator[tuple[Any, ...]]:
    """Where in a document there is a text, or could be one."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, *place, key)
    elif value is None or isinstance(value, str):
        yield place


@pytest.mark.parametrize("resource", ["businesses", "menu-items", "faqs"])
async def test_no_field_takes_half_of_a_character(api: httpx.AsyncClient, resource: str) -> None:
    [item, *_] = (await api.get(f"/{resource}")).json()["items"]
    places = list(_texts(item))
    assert len(places) >= 3
    for first, *rest in places:
        changed: dict[str, Any] = copy.deepcopy({first: item[first]})
        inner: Any = changed
        for key in [first, *rest][:-1]:
            inner = inner[key]
        inner[[first, *rest][-1]] = "\ud800"
        answer = await api.patch(
            f"/{resource}/{item['id']}",
            content=json.dumps(changed),
            headers={"If-Match": f'"{item["version"]}"', "Content-Type": "application/json"},
        )
        assert answer.status_code == 422, (first, *rest)
        assert answer.json()["error"]["fields"]

"""What WhatsApp reports and what people write back."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from loguru import logger
from sqlalchemy import select

from tests.emulators.whatsapp import (
    APP_SECRET,
    NUMBER_ID,
    TOKEN,
    VERIFY_TOKEN,
    Taken,
    disorder,
    hidden_from,
    signed,
    status_of,
    text_from,
    webhook,
)
from tests.integration.messaging.conftest import ANITA, House
from tests.integration.messaging.test_outbox import book
from tests.support.api import api_app
from tests.support.book import test_business
from vartalaap.bootstrap import Office
from vartalaap.config import load_settings
from vartalaap.db.models import CallerPreferenceRow, FollowUpRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.calls import CallLogStore
from vartalaap.db.repositories.preferences import Preferences

PATH = "/whatsapp/webhook"


async def remembered(house: House) -> CallerPreferenceRow | None:
    """Of Anita."""
    async with house.database.read() as session:
        return await Preferences(session).of(house.vault.hashes(ANITA))


@pytest.fixture
async def meta(house: House, businesses: Businesses) -> AsyncIterator[httpx.AsyncClient]:
    """Who posts as Meta does."""
    log = CallLogStore(house.database, house.vault)
    books = (house.database, businesses, house.book, house.follow_ups, log, house.vault)
    app = api_app(Office(house.clock, *books, outbox=house.outbox), test_business())
    app.state.settings = load_settings(
        whatsapp_token=TOKEN,
        whatsapp_phone_number_id=NUMBER_ID,
        whatsapp_app_secret=APP_SECRET,
        whatsapp_verify_token=VERIFY_TOKEN,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def post(meta: httpx.AsyncClient, body: bytes) -> None:
    answer = await meta.post(PATH, content=body, headers=signed(body))
    assert answer.status_code == 200


async def taken(house: House) -> Taken:
    """A confirmation that the carrier has."""
    await book(house)
    await house.work()
    (row,) = await house.rows()
    assert row.provider_id
    return Taken(row.provider_id, {"to": ANITA.e164, "biz_opaque_callback_data": f"outbox:{row.id}"})


async def test_the_challenge_is_given_back_to_who_knows_the_token(meta: httpx.AsyncClient) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}
    right = await meta.get(PATH, params=asked)
    wrong = await meta.get(PATH, params=asked | {"hub.verify_token": "guess"})
    assert (right.status_code, right.text, wrong.status_code) == (200, "1158201444", 403)


async def test_what_is_not_signed_or_was_changed_is_refused(meta: httpx.AsyncClient) -> None:
    body = webhook(messages=[text_from("919900112233", "STOP")])
    assert (await meta.post(PATH, content=body)).status_code == 403
    assert (await meta.post(PATH, content=body + b" ", headers=signed(body))).status_code == 403
    assert (await meta.post(PATH, content=body, headers=signed(body, "other"))).status_code == 403


CURSED = [
    {"id": "wamid.\ud800", "status": "delivered"},
    {"id": "wamid.\x00", "status": "delivered"},
    {"id": "wamid." + "7" * 5000, "status": "failed", "errors": [{"code": 131026}]},
    {"id": ["wamid"] * 900, "status": {"delivered": None}},
    {"id": "wamid.x", "status": "sent\udfff", "biz_opaque_callback_data": "outbox:\ud800"},
    {"id": "wamid.x", "status": "failed", "errors": [{"code": 10**3999}, {"code": True}, {"code": "131026"}]},
    {"id": "wamid.x", "status": "failed", "errors": [{"code": "HUGE"}]},
    {"id": "wamid.x", "status": "failed", "biz_opaque_callback_data": "outbox:" + "x" * 9000, "errors": [{"code": 1}]},
]


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    handle = logger.add(lines.append, level="DEBUG", format="{message} {extra}")
    yield lines
    logger.remove(handle)


@pytest.mark.parametrize("cursed", CURSED)
async def test_a_report_that_no_database_takes_is_left_out_and_the_rest_of_the_batch_is_not(
    house: House, meta: httpx.AsyncClient, cursed: dict[str, object], log: list[str]
) -> None:
    one = await taken(house)
    body = webhook(statuses=[cursed, status_of(one, "delivered")]).replace(b'"HUGE"', b"9" * 5000)
    await post(meta, body)
    assert await house.states() == ["delivered"]
    assert all(len(line) < 500 for line in log), "nothing of any length is logged whole"


@pytest.mark.parametrize(
    "cursed",
    [
        hidden_from("wamid.\ud800", "STOP"),
        text_from("91990011\ud800", "hello"),
        text_from("9" * 5000, "hello"),
        {"from": 919900112233, "text": {"body": "hello \udfff"}, "timestamp": "9" * 5000},
        {"from": ["9"] * 900, "text": {"body": ["STOP"]}, "context": {"id": 7}},
    ],
)
async def test_a_message_that_no_database_takes_hides_no_stop_of_somebody_else(
    house: House, meta: httpx.AsyncClient, cursed: dict[str, object]
) -> None:
    await post(meta, webhook(messages=[cursed, text_from("919900112233", "STOP")]))
    known = await remembered(house)
    assert known
    assert known.no_whatsapp


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"entry":' * 20_000, b'{"entry":"\xff"}'])
async def test_what_is_no_json_at_all_is_said_to_be_none(meta: httpx.AsyncClient, body: bytes) -> None:
    assert (await meta.post(PATH, content=body, headers=signed(body))).status_code == 422


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"entry":[{"changes":[{"field":"messages","value":7}]}]}'])
async def test_odd_bodies_do_no_harm(meta: httpx.AsyncClient, body: bytes) -> None:
    assert (await meta.post(PATH, content=body, headers=signed(body))).status_code in (200, 422)


async def test_reports_in_any_order_and_twice_end_where_they_must(house: House, meta: httpx.AsyncClient) -> None:
    one = await taken(house)
    reports = disorder([one], random.Random(7))
    for _ in range(2):
        await post(meta, webhook(statuses=reports))
    assert (await house.states())[0] in ("delivered", "read")


async def test_a_late_failure_is_tried_again_or_is_final_by_its_code(house: House, meta: httpx.AsyncClient) -> None:
    one = await taken(house)
    await post(meta, webhook(statuses=[status_of(one, "failed", 131000)]))
    assert await house.states() == ["pending"]
    house.clock.jump(60)
    await house.work()
    (row,) = await house.rows()
    again = Taken(str(row.provider_id), one.body)
    await post(meta, webhook(statuses=[status_of(again, "failed", 131026)]))
    assert await house.states() == ["dead"]


async def test_a_failure_for_an_opt_out_is_a_stop(house: House, meta: httpx.AsyncClient) -> None:
    one = await taken(house)
    await post(meta, webhook(statuses=[status_of(one, "failed", 131050)]))
    (row,) = await house.rows()
    assert row.to_sealed is None
    known = await remembered(house)
    assert known
    assert known.no_whatsapp


@pytest.mark.parametrize("text", ["STOP", "stop.", "Stop!", "रोको", "band karo", "बंद कीजिए", "unsubscribe", "بند کرو"])
async def test_stop_holds_from_its_own_request_on(house: House, meta: httpx.AsyncClient, text: str) -> None:
    await book(house)
    await post(meta, webhook(messages=[text_from("919900112233", text)]))
    await house.work()
    assert (house.messenger.sent, await house.states()) == ([], ["dropped"])


async def test_who_hides_the_number_is_known_by_the_message_that_is_answered(
    house: House, meta: httpx.AsyncClient
) -> None:
    one = await taken(house)
    await post(meta, webhook(messages=[hidden_from("", "STOP"), hidden_from("wamid.of-nobody", "STOP")]))
    assert await remembered(house) is None
    await post(meta, webhook(messages=[hidden_from(one.wamid, "STOP")]))
    known = await remembered(house)
    assert known
    assert known.no_whatsapp


async def test_start_lifts_it_but_not_a_start_from_before(house: House, meta: httpx.AsyncClient) -> None:
    now = int(house.clock.now().timestamp())
    early = webhook(messages=[text_from("919900112233", "start", at=now - 60)])
    await post(meta, webhook(messages=[text_from("919900112233", "STOP", at=now)]))
    await post(meta, early)
    known = await remembered(house)
    assert known
    assert known.no_whatsapp
    await post(meta, webhook(messages=[text_from("919900112233", "chalu karo", at=now + 60)]))
    known = await remembered(house)
    assert known
    assert not known.no_whatsapp


async def test_another_text_answers_the_follow_up(house: House, meta: httpx.AsyncClient) -> None:
    await house.desk().call_back("catering", ANITA, "for 80")
    await post(meta, webhook(messages=[text_from("919900112233", "Yes, on Sunday please")]))
    async with house.database.read() as session:
        (row,) = (await session.scalars(select(FollowUpRow))).all()
    assert row.status == "responded"

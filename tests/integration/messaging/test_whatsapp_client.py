"""Our client, and the official-style SDK, against the emulated Cloud API."""

from __future__ import annotations

import asyncio

import pytest
from pywa.client import WhatsApp as Pywa
from pywa.errors import ReEngagementMessage

from tests.emulators.whatsapp import NUMBER_ID, TOKEN, VERSION, Fault, WhatsAppEmulator
from tests.integration.messaging.conftest import ANITA
from vartalaap.core.messages import VALUES, Message, MessageRefused, NotAccepted, OutcomeUnknown
from vartalaap.services.messaging.whatsapp import FAILURES, Account, WhatsApp
from vartalaap.services.metrics import ProviderMetrics

SAYS = {"business": "HK", "date": "2026-11-27", "time": "20:00", "people": "4", "phone": "+911140001234"}
MESSAGE = Message("m1", "booking_confirmed", ANITA, "en", SAYS)


async def test_a_message_goes_as_a_template_that_names_its_row(cloud: WhatsAppEmulator, whatsapp: WhatsApp) -> None:
    wamid = await whatsapp.send(MESSAGE)
    (taken,) = cloud.taken
    assert (wamid, taken.to, taken.callback) == (taken.wamid, "919900112233", "outbox:m1")
    template = taken.body["template"]
    assert (template["name"], template["language"]) == ("booking_confirmed", {"code": "en"})
    shown = [one["text"] for one in template["components"][0]["parameters"]]
    assert shown == ["HK", "27-11-2026", "8:00 PM", "4", "+911140001234"]
    assert len(shown) == len(VALUES["booking_confirmed"])


@pytest.mark.parametrize(
    ("fault", "error", "least_pause"),
    [
        (Fault(429, 130429, {"retry-after": "30"}), NotAccepted, 30),
        (Fault(429), NotAccepted, 0),
        (Fault(400, 131056), NotAccepted, 6),
        (Fault(500, 131000), NotAccepted, 0),
        (Fault(400, 131048), NotAccepted, 3600),
        (Fault(401, 190), NotAccepted, 1800),
        (Fault(403, 200), NotAccepted, 1800),
        (Fault(400, 131026), MessageRefused, 0),
        (Fault(400, 131047), MessageRefused, 0),
        (Fault(400, 132001), MessageRefused, 0),
        (Fault(502), OutcomeUnknown, 0),
        (Fault(200, body=b"\x00<html>"), OutcomeUnknown, 0),
        (Fault(200, body=b"[" * 100_000), OutcomeUnknown, 0),
        (Fault(200, body=b'{"messages":[{"id":"wamid.\\ud800"}]}'), OutcomeUnknown, 0),
        (Fault(400, body=b'{"error":{"code":' + b"9" * 5000 + b"}}"), NotAccepted, 60),
        (Fault(400, body=b'{"error":{"code":true}}'), NotAccepted, 60),
        (Fault(500, body=b"[" * 100_000), OutcomeUnknown, 0),
        (Fault(200, delay=0.5), OutcomeUnknown, 0),
    ],
)
async def test_each_failure_is_what_the_table_says(
    cloud: WhatsAppEmulator, whatsapp: WhatsApp, fault: Fault, error: type[Exception], least_pause: float
) -> None:
    cloud.faults.append(fault)
    with pytest.raises(error) as raised:
        await whatsapp.send(MESSAGE)
    assert ANITA.national not in str(raised.value)
    if isinstance(raised.value, NotAccepted):
        assert raised.value.retry_after_s >= least_pause


async def test_who_opted_out_is_named_as_that(cloud: WhatsAppEmulator, whatsapp: WhatsApp) -> None:
    cloud.faults.append(Fault(400, 131050))
    with pytest.raises(MessageRefused) as raised:
        await whatsapp.send(MESSAGE)
    assert raised.value.opted_out


async def test_a_server_that_is_gone_has_taken_nothing_and_is_left_alone_after_a_while() -> None:
    client = WhatsApp(Account("http://127.0.0.1:9", VERSION, NUMBER_ID, TOKEN), ProviderMetrics())
    for _ in range(FAILURES):
        with pytest.raises(NotAccepted, match="cannot be reached"):
            await client.send(MESSAGE)
    with pytest.raises(NotAccepted, match="left alone"):
        await client.send(MESSAGE)
    await client.aclose()


async def test_another_client_can_talk_to_the_emulator(cloud: WhatsAppEmulator) -> None:
    other = Pywa(phone_id=NUMBER_ID, token=TOKEN)
    other.api._session.base_url = f"{cloud.url}/{VERSION}"
    sent = await asyncio.to_thread(other.send_message, "919900112233", "hello", tracker="outbox:7")
    assert (sent.id, cloud.taken[0].callback) == (cloud.taken[0].wamid, "outbox:7")
    cloud.faults.append(Fault(400, 131047))
    with pytest.raises(ReEngagementMessage):
        await asyncio.to_thread(other.send_message, "919900112233", "hello")

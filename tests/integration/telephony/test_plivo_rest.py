"""Plivo's REST API: our client and the vendor's own against the same emulator, and every way it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import plivo
import pytest
from loguru import logger
from plivo.exceptions import AuthenticationError, ResourceNotFoundError
from plivo.rest import client as sdk
from pydantic import SecretStr

from tests.emulators.faulty import FaultyWire
from tests.emulators.plivo import AUTH_ID, AUTH_TOKEN, GARBAGE, LATE, Fault, PlivoEmulator
from vartalaap.backoff import Backoff
from vartalaap.bootstrap.carrier import open_carrier
from vartalaap.config import load_settings
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import ProviderError, ProviderRefused
from vartalaap.services.telephony import plivo_rest
from vartalaap.services.telephony.plivo_rest import PlivoRest, Registration

GUEST = PhoneNumber("+919876501234")


@pytest.fixture
async def emulator() -> AsyncIterator[PlivoEmulator]:
    async with PlivoEmulator().serving() as running:
        yield running


@pytest.fixture
async def rest(emulator: PlivoEmulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PlivoRest]:
    monkeypatch.setattr(plivo_rest, "BACK_OFF", Backoff(0.01, 5.0))
    async with aclosing(PlivoRest(emulator.url, AUTH_ID, AUTH_TOKEN, deadline_s=0.5)) as client:
        yield client


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    handle = logger.add(lines.append, level="DEBUG")
    yield lines
    logger.remove(handle)


# The emulator speaks Plivo's dialect ----------------------------------------------------------------------
@pytest.fixture
def official(emulator: PlivoEmulator, monkeypatch: pytest.MonkeyPatch) -> plivo.RestClient:
    names = (
        "PLIVO_API_BASE_URI",
        "API_VOICE_BASE_URI",
        "API_VOICE_BASE_URI_FALLBACK_1",
        "API_VOICE_BASE_URI_FALLBACK_2",
    )
    for name in names:
        monkeypatch.setattr(sdk, name, f"{emulator.url}/v1/Account")
    return plivo.RestClient(AUTH_ID, AUTH_TOKEN)


async def test_the_official_sdk_hangs_up_and_transfers(emulator: PlivoEmulator, official: plivo.RestClient) -> None:
    emulator.live = {"call-1": None, "call-2": None}
    moved = await asyncio.to_thread(official.calls.transfer, "call-1", legs="aleg", aleg_url="https://h.in/x")
    assert moved.message == "call transferred"
    live = await asyncio.to_thread(official.live_calls.get, "call-1")
    assert live.call_status == "in-progress"
    await asyncio.to_thread(official.calls.delete, "call-1")
    assert emulator.ended == {"call-1"}
    with pytest.raises(ResourceNotFoundError):
        await asyncio.to_thread(official.calls.delete, "call-1")


async def test_the_official_sdk_sends_a_message(emulator: PlivoEmulator, official: plivo.RestClient) -> None:
    sent = await asyncio.to_thread(official.messages.create, src="911140001234", dst="919876501234", text="hello")
    assert len(sent.message_uuid) == 1
    assert emulator.requests[-1][:2] == ("POST", "Message/")


async def test_the_official_sdk_is_refused_with_a_wrong_key(
    emulator: PlivoEmulator, official: plivo.RestClient
) -> None:
    wrong = plivo.RestClient(AUTH_ID, "x" * 40)
    with pytest.raises(AuthenticationError):
        await asyncio.to_thread(wrong.calls.delete, "call-1")


# Our client -----------------------------------------------------------------------------------------------
async def test_a_call_is_hung_up_and_one_that_has_ended_is_no_error(emulator: PlivoEmulator, rest: PlivoRest) -> None:
    emulator.live = {"call-1": None}
    assert await rest.status("call-1") == "live"
    await rest.hang_up("call-1")
    await rest.hang_up("call-1")
    assert await rest.status("call-1") == "ended"
    assert await rest.status("call-9") == "unknown"


@pytest.mark.parametrize("legs", ["aleg", "bleg", "both"])
async def test_a_transfer_names_the_url_of_each_leg(
    emulator: PlivoEmulator, rest: PlivoRest, legs: plivo_rest.Legs
) -> None:
    emulator.live = {"call-1": None}
    await rest.transfer("call-1", "https://bot.example.in/plivo/after", legs=legs)
    [(method, path, body)] = emulator.requests
    assert (method, path, body.pop("legs")) == ("POST", "Call/call-1/", legs)
    named = ["aleg", "bleg"] if legs == "both" else [legs]
    assert body == {f"{leg}_url": "https://bot.example.in/plivo/after" for leg in named} | {
        f"{leg}_method": "POST" for leg in named
    }
    with pytest.raises(ProviderRefused):
        await rest.transfer("call-9", "https://bot.example.in/plivo/after")


async def test_a_message_is_queued_and_plivo_keeps_no_text_of_it(emulator: PlivoEmulator, rest: PlivoRest) -> None:
    registration = Registration("1101", "1107")
    uuid = await rest.send_message("VARTLP", GUEST, "आपकी टेबल", status_url="https://b.in/s", registration=registration)
    assert uuid
    assert emulator.requests[-1][2] == {
        "src": "VARTLP",
        "dst": "919876501234",
        "text": "आपकी टेबल",
        "log": False,
        "url": "https://b.in/s",
        "method": "POST",
        "dlt_entity_id": "1101",
        "dlt_template_id": "1107",
        "dlt_template_category": "service_implicit",
    }


@pytest.mark.parametrize("fault", [Fault(429), Fault(429, {"retry-after": "0"}), Fault(500), Fault(503)])
async def test_a_limit_and_a_failure_are_tried_again(emulator: PlivoEmulator, rest: PlivoRest, fault: Fault) -> None:
    emulator.live = {"call-1": None}
    emulator.faults.extend([fault, fault])
    await rest.hang_up("call-1")
    assert emulator.ended == {"call-1"}
    assert len(emulator.requests) == 3


@pytest.mark.parametrize(
    "fault", [*[Fault(status) for status in (429, 500)], LATE, Fault(429, {"retry-after": "30"})], ids=str
)
async def test_nothing_waits_longer_than_the_deadline(emulator: PlivoEmulator, rest: PlivoRest, fault: Fault) -> None:
    emulator.faults.extend([fault] * 100)
    began_at = asyncio.get_running_loop().time()
    with pytest.raises(ProviderError):
        await rest.hang_up("call-1")
    assert asyncio.get_running_loop().time() - began_at < 1


@pytest.mark.parametrize("status", [400, 401, 403, 405])
async def test_a_refusal_is_not_tried_again(emulator: PlivoEmulator, rest: PlivoRest, status: int) -> None:
    emulator.faults.append(Fault(status))
    with pytest.raises(ProviderRefused, match=str(status)):
        await rest.hang_up("call-1")
    assert len(emulator.requests) == 1


async def test_a_message_that_may_have_been_taken_is_not_sent_twice(emulator: PlivoEmulator, rest: PlivoRest) -> None:
    emulator.faults.append(Fault(500))
    with pytest.raises(ProviderError):
        await rest.send_message("VARTLP", GUEST, "x")
    assert len(emulator.requests) == 1
    emulator.faults.append(Fault(429))
    assert await rest.send_message("VARTLP", GUEST, "x"), "a 429 says that it was not taken"


@pytest.mark.parametrize("body", [GARBAGE.body, b"[" * 100_000, b"[]", b"{}", b'{"message_uuid": []}'])
async def test_an_answer_that_makes_no_sense_is_a_provider_s_error(
    emulator: PlivoEmulator, rest: PlivoRest, body: bytes
) -> None:
    emulator.faults.append(Fault(202, body=body))
    with pytest.raises(ProviderError):
        await rest.send_message("VARTLP", GUEST, "x")


async def test_a_server_that_is_not_there_is_waited_for_until_the_deadline(emulator: PlivoEmulator) -> None:
    emulator.live = {"call-1": None}
    async with FaultyWire(emulator.port).up() as wire:
        await wire.fail("refused")
        async with aclosing(PlivoRest(f"http://127.0.0.1:{wire.port}", AUTH_ID, AUTH_TOKEN, deadline_s=2)) as rest:
            await rest.warm()
            hanging_up = asyncio.create_task(rest.hang_up("call-1"))
            await asyncio.sleep(0.05)
            await wire.heal()
            await hanging_up
    assert emulator.ended == {"call-1"}


async def test_no_error_and_no_log_line_holds_a_number_a_text_or_the_key(
    emulator: PlivoEmulator, rest: PlivoRest, log: list[str]
) -> None:
    for fault in (Fault(500), Fault(400, body=b'{"error": "919876501234 is wrong"}'), GARBAGE):
        emulator.faults.append(fault)
        with pytest.raises(ProviderError) as error:
            await rest.send_message("VARTLP", GUEST, "secret words")
        log.append(str(error.value))
    everything = "\n".join(log)
    assert not any(private in everything for private in ("9876501234", "secret words", AUTH_TOKEN))


# As the application opens it ------------------------------------------------------------------------------
async def test_with_plivo_s_keys_the_application_has_a_warm_connection(emulator: PlivoEmulator, tmp_path: Path) -> None:
    keys = {"plivo_auth_id": AUTH_ID, "plivo_auth_token": SecretStr(AUTH_TOKEN), "plivo_base_url": emulator.url}
    emulator.live = {"call-1": None}
    async with open_carrier(load_settings(_env_file=None, data_dir=tmp_path, **keys)) as carrier:
        assert carrier
        assert len(emulator.took) == 1, "asked once to be connected"
        await carrier.hang_up("call-1")
    assert emulator.ended == {"call-1"}


async def test_without_a_key_there_is_no_carrier_to_ask(tmp_path: Path) -> None:
    async with open_carrier(load_settings(_env_file=None, data_dir=tmp_path, plivo_auth_id=AUTH_ID)) as carrier:
        assert carrier is None


async def test_an_api_that_is_away_does_not_keep_the_application_from_starting(tmp_path: Path) -> None:
    keys = {"plivo_auth_id": AUTH_ID, "plivo_auth_token": SecretStr(AUTH_TOKEN)}
    settings = load_settings(_env_file=None, data_dir=tmp_path, plivo_base_url="http://127.0.0.1:9", **keys)
    async with open_carrier(settings) as carrier:
        assert carrier

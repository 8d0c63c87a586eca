"""Calls over Twilio on the same endpoints' seam: signed webhooks, the stream, and what comes after it."""

from __future__ import annotations

import asyncio
import json
from xml.etree import ElementTree as ET

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.serving import served
from vartalaap.core.business import Business, Handoff
from vartalaap.core.events import AudioIn, CallEnded, CallStarted
from vartalaap.core.live_calls import AfterStream
from vartalaap.errors import Forbidden
from vartalaap.security.signatures import Fields
from vartalaap.services.telephony.twilio import SIGNATURE, SIGNATURE_SETTINGS, Algorithm, sign

from .phone_app import AUTH_TOKEN, FakeParts, make_app

CALL = {"CallSid": "CA1", "From": "+919876543210", "To": "+911140001234", "CallStatus": "ringing"}
OWNER = Handoff(phone_number="+919810000000", ring_seconds=20)
START = {
    "event": "start",
    "start": {"callSid": "CA1", "streamSid": "MZ1", "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000}},
}


@pytest.fixture
def parts() -> FakeParts:
    parts = FakeParts()
    parts.settings.twilio_auth_token = SecretStr(AUTH_TOKEN)
    return parts


async def post(parts: FakeParts, path: str, **more: str | list[str]) -> httpx.Response:
    return await send(parts, path, {**CALL, **more})


async def send(parts: FakeParts, path: str, fields: dict[str, str | list[str]], **signed: str) -> httpx.Response:
    """Signed as `fields` at `path`, or with the headers given."""
    path = parts.settings.process_path + path
    headers = signed or {SIGNATURE: sign(parts.settings.reachable_url + path, AUTH_TOKEN, fields)}
    transport = httpx.ASGITransport(make_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal") as http:
        return await http.post(path, data=fields, headers=headers)


def addresses(answer: httpx.Response) -> tuple[str, str]:
    """Of the stream, and of what is asked after it."""
    assert answer.status_code == 200
    response = ET.fromstring(answer.text)
    stream, after = response.find("Connect/Stream"), response.findtext("Redirect")
    assert stream is not None
    assert after
    return stream.attrib["url"], after


def token_of(answer: httpx.Response) -> str:
    return addresses(answer)[0].rpartition("/")[2]


@pytest.mark.parametrize("process_path", ["", "/p2"])
async def test_a_call_is_answered_streamed_and_ended(parts: FakeParts, process_path: str) -> None:
    parts.settings.process_path = process_path
    answer = ET.fromstring((await post(parts, "/twilio/answer")).text)
    stream = answer.find("Connect/Stream")
    assert stream is not None
    path = stream.attrib["url"].removeprefix("wss://bot.example.in")
    assert path.startswith(f"{process_path}/ws/")
    async with served(make_app(parts)) as app:
        async with connect(app.url.replace("http", "ws") + path, proxy=None) as socket:
            await socket.send(json.dumps({"event": "connected"}))
            await socket.send(json.dumps(START))
            await socket.send(json.dumps({"event": "media", "media": {"track": "inbound", "payload": "//8="}}))
            await socket.send(json.dumps({"event": "stop"}))
            await socket.wait_closed()
        with pytest.raises(InvalidStatus):
            await connect(app.url.replace("http", "ws") + path, proxy=None)
        await app.idle()
    [session] = parts.sessions
    assert session.caller
    assert session.caller.national == "9876543210"
    assert session.events[:2] == [CallStarted("CA1", "MZ1"), AudioIn(b"\xff\xff")]
    assert isinstance(session.events[-1], CallEnded)


async def test_what_comes_after_the_stream_is_what_plivo_is_told(parts: FakeParts) -> None:
    parts.calls.after["CA1"] = AfterStream("hang_up", Business(id="demo", name="Demo"), "hi")
    done = ET.fromstring((await post(parts, "/twilio/after")).text)
    assert [element.tag for element in done] == ["Hangup"]
    parts.calls.away.add("CA1")
    back = ET.fromstring((await post(parts, "/twilio/dialled", DialCallStatus="no-answer")).text)
    assert back.find("Connect/Stream") is not None


async def test_a_repeated_answer_webhook_names_the_same_stream_which_is_good_once(parts: FakeParts) -> None:
    token = token_of(await post(parts, "/twilio/answer"))
    assert token_of(await post(parts, "/twilio/answer")) == token
    parts.pending_calls.redeem(token, "twilio", parts.clock.now())
    parts.clock.ahead += 30
    assert token_of(await post(parts, "/twilio/answer")) == token
    with pytest.raises(Forbidden):
        parts.pending_calls.redeem(token, "twilio", parts.clock.now())
    assert len(parts.pending_calls) == 1


@pytest.mark.parametrize("seconds", [60, 828, 20 * 3600])
async def test_an_answer_webhook_that_was_recorded_is_refused_a_minute_later(parts: FakeParts, seconds: float) -> None:
    await post(parts, "/twilio/answer")
    parts.clock.ahead += seconds
    refused = await post(parts, "/twilio/answer")
    assert refused.status_code == 403
    assert "/ws/" not in refused.text
    with_port = sign("https://bot.example.in:443/twilio/answer", AUTH_TOKEN, CALL)
    assert (await send(parts, "/twilio/answer", {**CALL}, **{SIGNATURE: with_port})).status_code == 403
    assert (await post(parts, "/twilio/answer", CallSid="CA2")).status_code == 200, "another call is answered"


async def test_a_repeat_whose_fields_are_cut_elsewhere_gets_no_token(parts: FakeParts) -> None:
    await post(parts, "/twilio/answer")
    recut: dict[str, str | list[str]] = {"CallSid": "CA1CallStatusringing", "From": CALL["From"], "To": CALL["To"]}
    url = "https://bot.example.in/twilio/answer"
    assert sign(url, AUTH_TOKEN, recut) == sign(url, AUTH_TOKEN, CALL), "what is signed is the same, the call another"
    assert (await send(parts, "/twilio/answer", recut)).status_code == 403
    assert len(parts.pending_calls) == 1


async def test_what_follows_each_stream_of_one_call_is_asked_for_at_an_address_of_its_own(parts: FakeParts) -> None:
    """A second stream, after a telephone that rang in vain, is followed by the same fields an hour later."""
    parts.calls.after["CA1"] = AfterStream("connect", Business(id="demo", name="Demo", handoff=OWNER), "hi")
    parts.calls.away.add("CA1")
    _, after = addresses(await post(parts, "/twilio/answer"))
    seen = set()
    for _ in range(3):
        path = after.removeprefix("https://bot.example.in")
        dial = ET.fromstring((await post(parts, path)).text).find("Dial")
        assert dial is not None
        dialled = dial.attrib["action"].removeprefix("https://bot.example.in")
        parts.clock.ahead += 3600
        assert (await post(parts, path)).status_code == 403
        stream, after = addresses(await post(parts, dialled, DialCallStatus="no-answer"))
        seen.add(stream)
    assert len(seen) == 3


async def test_a_field_that_is_sent_twice_is_signed_twice(parts: FakeParts) -> None:
    assert (await post(parts, "/twilio/answer", Tag=["b", "a"])).status_code == 200
    assert (await post(parts, "/twilio/status", Tag=["b", "a", "b"], CallStatus="completed")).status_code == 200
    assert parts.calls.hung_up == ["CA1"]


@pytest.mark.parametrize(("algorithm", "named"), [("sha256", "HMAC_SHA256"), ("sha1", "HMAC_SHA1")])
@pytest.mark.parametrize("port", ["", ":443"])
async def test_each_of_twilio_s_signatures_is_accepted(
    parts: FakeParts, algorithm: Algorithm, named: str, port: str
) -> None:
    signature = sign(f"https://bot.example.in{port}/twilio/answer", AUTH_TOKEN, CALL, algorithm)
    headers = {SIGNATURE: signature, SIGNATURE_SETTINGS: f"key=k,algorithm={named}"}
    assert token_of(await send(parts, "/twilio/answer", {**CALL}, **headers))


async def test_a_token_opens_the_socket_of_its_own_carrier_only(parts: FakeParts) -> None:
    async with served(make_app(parts)) as app:
        plivo, twilio = parts.token("call-1"), parts.token("CA1", "twilio")
        ws = app.url.replace("http", "ws")
        own = {plivo: f"{ws}/ws/audio?token={plivo}", twilio: f"{ws}/ws/twilio/{twilio}"}
        other = {plivo: f"{ws}/ws/twilio/{plivo}", twilio: f"{ws}/ws/audio?token={twilio}"}
        for token in (plivo, twilio):
            with pytest.raises(InvalidStatus):
                await connect(other[token], proxy=None)
            async with connect(own[token], proxy=None) as socket:
                start = START if token == twilio else {"event": "start", "start": {"callId": "call-1"}}
                await socket.send(json.dumps(start))
                await socket.send(json.dumps({"event": "media", "media": {"payload": "//8="}}))
                await asyncio.sleep(0.05)
                socket.transport.abort()
            with pytest.raises(InvalidStatus):  # nor is a stream that broke off gone on with over there
                await connect(other[token], proxy=None)
        for session in parts.sessions:
            await session.line.close()
        await app.idle()


@pytest.mark.parametrize(("status", "hung_up"), [("completed", ["CA1"]), ("in-progress", [])])
async def test_the_status_webhook_ends_a_call_that_is_over(parts: FakeParts, status: str, hung_up: list[str]) -> None:
    assert (await post(parts, "/twilio/status", CallStatus=status)).status_code == 200
    assert parts.calls.hung_up == hung_up


@pytest.mark.parametrize("path", ["/twilio/answer", "/twilio/after", "/twilio/dialled", "/twilio/status"])
async def test_what_twilio_did_not_sign_is_refused(parts: FakeParts, path: str) -> None:
    transport = httpx.ASGITransport(make_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal") as http:
        assert (await http.post(path, data=CALL)).status_code == 403
        fields: Fields = CALL
        wrong = {SIGNATURE: sign(f"http://internal{path}", AUTH_TOKEN, fields)}
        assert (await http.post(path, data=CALL, headers=wrong)).status_code == 403
    parts.settings.twilio_auth_token = None
    assert (await post(parts, path)).status_code == 403


async def test_a_full_process_hands_a_new_call_to_the_next_until_all_were_asked(parts: FakeParts) -> None:
    parts.settings.process_path, parts.settings.others = "/p2", 1
    parts.calls.full = True
    (redirect,) = ET.fromstring((await post(parts, "/twilio/answer")).text)
    assert (redirect.tag, redirect.text) == ("Redirect", "https://bot.example.in/p3/twilio/answer?asked=1")
    told = ET.fromstring((await post(parts, "/twilio/answer?asked=1")).text)
    assert [element.tag for element in told] == ["Say", "Hangup"]

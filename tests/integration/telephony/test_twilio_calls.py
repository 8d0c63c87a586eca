"""Calls over Twilio on the same endpoints' seam: signed webhooks, the stream, and what comes after it."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.serving import served
from vartalaap.core.business import Business
from vartalaap.core.events import AudioIn, CallEnded, CallStarted
from vartalaap.core.live_calls import AfterStream
from vartalaap.services.telephony.twilio import SIGNATURE, sign

from .phone_app import AUTH_TOKEN, FakeParts, make_app

CALL = {"CallSid": "CA1", "From": "+919876543210", "To": "+911140001234", "CallStatus": "ringing"}
START = {
    "event": "start",
    "start": {"callSid": "CA1", "streamSid": "MZ1", "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000}},
}


@pytest.fixture
def parts() -> FakeParts:
    parts = FakeParts()
    parts.settings.twilio_auth_token = SecretStr(AUTH_TOKEN)
    return parts


async def post(parts: FakeParts, path: str, **more: str) -> httpx.Response:
    fields = {**CALL, **more}
    path = parts.settings.process_path + path
    headers = {SIGNATURE: sign(parts.settings.reachable_url + path, AUTH_TOKEN, fields)}
    transport = httpx.ASGITransport(make_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal") as http:
        return await http.post(path, data=fields, headers=headers)


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


@pytest.mark.parametrize(("status", "hung_up"), [("completed", ["CA1"]), ("in-progress", [])])
async def test_the_status_webhook_ends_a_call_that_is_over(parts: FakeParts, status: str, hung_up: list[str]) -> None:
    assert (await post(parts, "/twilio/status", CallStatus=status)).status_code == 200
    assert parts.calls.hung_up == hung_up


@pytest.mark.parametrize("path", ["/twilio/answer", "/twilio/after", "/twilio/dialled", "/twilio/status"])
async def test_what_twilio_did_not_sign_is_refused(parts: FakeParts, path: str) -> None:
    transport = httpx.ASGITransport(make_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal") as http:
        assert (await http.post(path, data=CALL)).status_code == 403
        wrong = {SIGNATURE: sign(f"http://internal{path}", AUTH_TOKEN, CALL)}
        assert (await http.post(path, data=CALL, headers=wrong)).status_code == 403
    parts.settings.twilio_auth_token = None
    assert (await post(parts, path)).status_code == 403

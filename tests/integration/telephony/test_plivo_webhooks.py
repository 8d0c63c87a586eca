"""Plivo's webhooks over HTTP: signature, answer, hangup; nothing of a caller in the log."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest
from loguru import logger
from pydantic import SecretStr

from vartalaap.config import load_settings
from vartalaap.core.business import WEEKDAYS, Business, Handoff, OpenSpan, OperatingHours
from vartalaap.core.language import Language
from vartalaap.core.live_calls import AfterStream
from vartalaap.core.phone import PhoneNumber
from vartalaap.security.signatures import NONCE, SIGNATURE, sign

from .phone_app import AUTH_TOKEN, FakeParts, make_app

CALL = {
    "CallUUID": "5ab1d5cc-0000-4000-8000-000000000001",
    "From": "919876543210",
    "To": "911140001234",
    "Direction": "inbound",
    "Event": "StartApp",
    "CallStatus": "ringing",
    "SomethingNew": "x",
}
PUBLIC = "https://bot.example.in"


@pytest.fixture
def guarded(parts: FakeParts) -> FakeParts:
    parts.settings.plivo_auth_token = SecretStr(AUTH_TOKEN)
    parts.settings.environment = "production"
    return parts


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    handle = logger.add(lines.append, level="DEBUG")
    yield lines
    logger.remove(handle)


def client(parts: FakeParts) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(make_app(parts)), base_url="http://internal:8000")


def signed(method: str, url: str, fields: dict[str, str] | None = None) -> dict[str, str]:
    return {SIGNATURE: sign(method, url, "42", AUTH_TOKEN, fields), NONCE: "42"}


def stream_token(response: httpx.Response) -> str:
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/xml")
    stream = ET.fromstring(response.text).find("Stream")
    assert stream is not None
    assert stream.text
    url = urlsplit(stream.text)
    assert (url.scheme, url.netloc, url.path) == ("wss", "bot.example.in", "/ws/audio")
    return parse_qs(url.query)["token"][0]


async def test_a_signed_answer_webhook_gets_a_stream_with_a_token_for_its_call(guarded: FakeParts) -> None:
    async with client(guarded) as http:
        url = f"{PUBLIC}/plivo/answer"
        response = await http.post("/plivo/answer", data=CALL, headers=signed("POST", url, CALL))
    pending = guarded.pending_calls.redeem(stream_token(response), "plivo", guarded.clock.now())
    assert pending.call_id == CALL["CallUUID"]
    assert pending.caller == PhoneNumber("+919876543210")
    assert pending.called == PhoneNumber("+911140001234")
    assert "9876543210" not in response.text


@pytest.mark.parametrize("written", ["https://bot.example.in:443", "https://Bot.Example.IN/", "HTTPS://bot.example.in"])
async def test_a_webhook_is_signed_for_the_plain_form_of_the_public_url(guarded: FakeParts, written: str) -> None:
    guarded.settings.reachable_url = load_settings(public_url=written).reachable_url
    async with client(guarded) as http:
        answer = await http.post("/plivo/answer", data=CALL, headers=signed("POST", f"{PUBLIC}/plivo/answer", CALL))
    assert stream_token(answer)


async def test_the_query_of_the_configured_url_is_signed_too(guarded: FakeParts) -> None:
    path = "/plivo/answer?tenant=salon-7&b=2"
    async with client(guarded) as http:
        response = await http.post(path, data=CALL, headers=signed("POST", PUBLIC + path, CALL))
        stream_token(response)
        other = await http.post(path + "&c=3", data=CALL, headers=signed("POST", PUBLIC + path, CALL))
    assert other.status_code == 403


async def test_a_get_webhook_is_answered_too(guarded: FakeParts) -> None:
    url = f"/plivo/answer?{urlencode(CALL)}"
    async with client(guarded) as http:
        response = await http.get(url, headers=signed("GET", PUBLIC + url))
        stream_token(response)
        unsigned = await http.get(url)
    assert unsigned.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/plivo/answer", "/plivo/hangup", "/plivo/ringing", "/plivo/stream-status", "/plivo/after", "/plivo/dialled"],
)
async def test_unsigned_and_wrongly_signed_webhooks_are_refused(guarded: FakeParts, path: str) -> None:
    async with client(guarded) as http:
        assert (await http.post(path, data=CALL)).status_code == 403
        wrong_fields = signed("POST", PUBLIC + path, {**CALL, "From": "910000000000"})
        assert (await http.post(path, data=CALL, headers=wrong_fields)).status_code == 403
        wrong_host = signed("POST", f"http://internal:8000{path}", CALL)
        assert (await http.post(path, data=CALL, headers=wrong_host)).status_code == 403
        assert (await http.post(path)).status_code == 403, "the signature is looked at before the fields"
        assert (await http.post(path, data=CALL, headers=signed("POST", PUBLIC + path, CALL))).status_code == 200
    assert len(guarded.pending_calls) == (1 if path == "/plivo/answer" else 0)
    assert guarded.calls.hung_up == ([CALL["CallUUID"]] if path == "/plivo/hangup" else [])


async def test_production_without_a_token_accepts_nothing(parts: FakeParts) -> None:
    parts.settings.environment = "production"
    async with client(parts) as http:
        assert (await http.post("/plivo/answer", data=CALL)).status_code == 403


async def test_development_without_a_token_accepts_unsigned_webhooks(parts: FakeParts) -> None:
    async with client(parts) as http:
        assert stream_token(await http.post("/plivo/answer", data=CALL))


async def test_development_with_a_token_accepts_the_address_that_was_called(guarded: FakeParts) -> None:
    guarded.settings.environment = "development"
    async with client(guarded) as http:
        headers = signed("POST", "http://internal:8000/plivo/answer", CALL)
        stream_token(await http.post("/plivo/answer", data=CALL, headers=headers))
        assert (await http.post("/plivo/answer", data=CALL)).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "bot.example.in:9"])
async def test_the_stream_url_never_follows_a_header(parts: FakeParts, host: str) -> None:
    headers = {"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": "http"}
    async with client(parts) as http:
        response = await http.post("/plivo/answer", data=CALL, headers=headers)
    stream_token(response)
    assert host not in response.text


async def test_a_repeated_answer_webhook_names_the_same_stream(parts: FakeParts) -> None:
    async with client(parts) as http:
        first = await http.post("/plivo/answer", data=CALL)
        second = await http.post("/plivo/answer", data=CALL)
    assert stream_token(first) == stream_token(second)
    assert len(parts.pending_calls) == 1


@pytest.mark.parametrize("withheld", ["anonymous", "", "restricted", "Restricted", "unknown", "sip:a@b.invalid"])
async def test_an_anonymous_caller_is_served_without_a_number(parts: FakeParts, withheld: str) -> None:
    async with client(parts) as http:
        response = await http.post("/plivo/answer", data={**CALL, "From": withheld})
    assert parts.pending_calls.redeem(stream_token(response), "plivo", parts.clock.now()).caller is None


@pytest.mark.parametrize("path", ["/plivo/answer", "/plivo/hangup"])
@pytest.mark.parametrize("call_id", [None, "", "a b", "x" * 129, "नमस्ते"])
async def test_a_webhook_without_a_usable_call_id_is_malformed(
    parts: FakeParts, path: str, call_id: str | None
) -> None:
    fields = {key: value for key, value in CALL.items() if key != "CallUUID"}
    if call_id is not None:
        fields["CallUUID"] = call_id
    async with client(parts) as http:
        assert (await http.post(path, data=fields)).status_code == 422
    assert len(parts.pending_calls) == 0
    assert parts.calls.hung_up == []


async def test_hangup_tells_the_live_call_as_often_as_it_comes(parts: FakeParts) -> None:
    fields = {**CALL, "Event": "Hangup", "CallStatus": "completed", "HangupCauseName": "Normal Hangup"}
    async with client(parts) as http:
        responses = [await http.post("/plivo/hangup", data=fields) for _ in range(2)]
    assert [response.status_code for response in responses] == [200, 200]
    assert parts.calls.hung_up == [CALL["CallUUID"]] * 2


@pytest.mark.parametrize("event", ["StartStream", "stopped", "failed", "DegradedStream", "", "never\nseen {} <b>"])
async def test_stream_status_accepts_every_vocabulary(parts: FakeParts, event: str) -> None:
    async with client(parts) as http:
        response = await http.post("/plivo/stream-status", data={"Event": event, "StreamID": "s"})
    assert response.status_code == 200


async def test_no_webhook_logs_a_number(parts: FakeParts, log: list[str]) -> None:
    async with client(parts) as http:
        for path in ("/plivo/ringing", "/plivo/answer", "/plivo/stream-status", "/plivo/hangup"):
            fields = {**CALL, "HangupCauseCode": "40\n00", "Event": "failed", "StatusReason": "x\ny"}
            assert (await http.post(path, data=fields)).status_code == 200
    assert len(log) >= 4
    assert all("9876543210" not in line and "1140001234" not in line for line in log)
    assert all(line.count("\n") == 1 for line in log), "foreign text must not break a line"


async def test_the_webhooks_are_documented(parts: FakeParts) -> None:
    async with client(parts) as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
    assert {"post", "get"} == set(paths["/plivo/answer"])
    assert {"/plivo/hangup", "/plivo/ringing", "/plivo/stream-status"} <= set(paths)
    assert "application/xml" in paths["/plivo/answer"]["post"]["responses"]["200"]["content"]
    assert "403" in paths["/plivo/hangup"]["post"]["responses"]


# After the stream -----------------------------------------------------------------------------------------
OWNER = Handoff(phone_number="+919810000000", ring_seconds=20)
OPEN = OperatingHours(**dict.fromkeys(WEEKDAYS, (OpenSpan(start=0, end=1440),)))


def business(handoff: Handoff = OWNER, *, is_open: bool = True) -> Business:
    return Business(id="demo", name="Demo", handoff=handoff, operating_hours=OPEN if is_open else OperatingHours())


def done(response: httpx.Response) -> list[tuple[str, str | None]]:
    """The elements of the answer and their text."""
    assert response.status_code == 200
    return [(element.tag, element.text) for element in ET.fromstring(response.text)]


async def post(parts: FakeParts, path: str, **fields: str) -> httpx.Response:
    async with client(parts) as http:
        return await http.post(path, data={**CALL, **fields})


@pytest.mark.parametrize("times", [1, 2])
async def test_behind_our_own_goodbye_nothing_is_said(parts: FakeParts, times: int) -> None:
    parts.calls.after[CALL["CallUUID"]] = AfterStream("hang_up", business(), "hi")
    for _ in range(times):
        assert done(await post(parts, "/plivo/after")) == [("Hangup", None)]
    assert parts.calls.streams_over == [CALL["CallUUID"]] * times


async def test_a_caller_who_agreed_is_connected_without_another_word(parts: FakeParts) -> None:
    parts.calls.after[CALL["CallUUID"]] = AfterStream("connect", business(is_open=False), "hi")
    [dial] = ET.fromstring((await post(parts, "/plivo/after")).text)
    assert dial.tag == "Dial"
    assert dial.attrib["timeout"] == "20"
    assert dial.attrib["callerId"] == "911140001234"
    assert dial.findtext("Number") == "919810000000"


@pytest.mark.parametrize(("language", "word"), [("hi", "मैनेजर"), ("hinglish", "manager"), ("en", "connecting")])
async def test_a_broken_call_hears_an_apology_in_its_language_and_gets_a_person(
    parts: FakeParts, language: Language, word: str
) -> None:
    parts.calls.after[CALL["CallUUID"]] = AfterStream("apologise", business(), language)
    [(speak, text), (dial, _)] = done(await post(parts, "/plivo/after"))
    assert (speak, dial) == ("Speak", "Dial")
    assert word in (text or "")


@pytest.mark.parametrize("lonely", [business(Handoff()), business(is_open=False)])
async def test_a_broken_call_with_nobody_there_hears_an_apology_and_ends(parts: FakeParts, lonely: Business) -> None:
    parts.calls.after[CALL["CallUUID"]] = AfterStream("apologise", lonely, "hi")
    [(speak, text), (end, _)] = done(await post(parts, "/plivo/after"))
    assert (speak, end) == ("Speak", "Hangup")
    assert "माफ़ कीजिए" in (text or "")


@pytest.mark.parametrize("database_is_away", [False, True])
async def test_a_call_that_this_process_does_not_know_is_a_broken_one(parts: FakeParts, database_is_away: bool) -> None:
    parts.business, parts.database_is_away = business(), database_is_away
    assert [tag for tag, _ in done(await post(parts, "/plivo/after"))] == ["Speak", "Dial"]


async def test_after_a_talk_with_the_person_the_call_ends(parts: FakeParts) -> None:
    parts.calls.away.add(CALL["CallUUID"])
    assert done(await post(parts, "/plivo/dialled", DialStatus="completed")) == [("Hangup", None)]


@pytest.mark.parametrize("status", ["busy", "failed", "timeout", "no-answer", "cancel", "never seen", ""])
async def test_a_caller_whom_nobody_answered_comes_back_to_us(parts: FakeParts, status: str) -> None:
    parts.calls.away.add(CALL["CallUUID"])
    first = stream_token(await post(parts, "/plivo/dialled", DialStatus=status))
    assert stream_token(await post(parts, "/plivo/dialled", DialStatus=status)) == first, "it may come twice"
    pending = parts.pending_calls.redeem(first, "plivo", parts.clock.now())
    assert pending.call_id == CALL["CallUUID"]


async def test_a_broken_call_whom_nobody_answered_is_told_so(parts: FakeParts) -> None:
    parts.business = business()
    [(speak, text), (end, _)] = done(await post(parts, "/plivo/dialled", DialStatus="no-answer"))
    assert (speak, end) == ("Speak", "Hangup")
    assert "फिर कॉल" in (text or "")


@pytest.mark.parametrize("path", ["/plivo/answer", "/plivo/dialled"])
@pytest.mark.parametrize(("handoff", "follows"), [(OWNER, "Dial"), (Handoff(), "Hangup")])
async def test_a_call_that_finds_every_line_busy_hears_so_or_gets_a_person_and_no_stream(
    parts: FakeParts, path: str, handoff: Handoff, follows: str
) -> None:
    parts.business = business(handoff)
    parts.calls.full = True
    parts.calls.away.add(CALL["CallUUID"])
    [(speak, text), (end, _)] = done(await post(parts, path, DialStatus="no-answer"))
    assert (speak, end) == ("Speak", follows)
    assert ("व्यस्त" in (text or "")) == (follows == "Hangup")
    assert CALL["From"] not in (text or "")


async def test_a_busy_line_without_a_database_is_still_answered(parts: FakeParts) -> None:
    parts.calls.full = parts.database_is_away = True
    assert [tag for tag, _ in done(await post(parts, "/plivo/answer"))] == ["Speak", "Hangup"]


async def test_a_full_process_hands_a_new_call_to_the_next_until_all_were_asked(parts: FakeParts) -> None:
    parts.settings.process_path, parts.settings.others = "/p2", 2
    parts.calls.full = True
    for asked, after in (("", 1), ("?asked=1", 2), ("?asked=x", 1)):
        told = done(await post(parts, f"/plivo/answer{asked}"))
        assert told == [("Redirect", f"https://bot.example.in/p3/plivo/answer?asked={after}")]
    assert [tag for tag, _ in done(await post(parts, "/plivo/answer?asked=2"))] == ["Speak", "Hangup"]
    parts.calls.full = False
    assert [tag for tag, _ in done(await post(parts, "/plivo/answer?asked=2"))] == ["Stream", "Redirect"]


async def test_a_call_that_comes_back_is_known_to_its_own_process_only_and_not_handed_on(parts: FakeParts) -> None:
    parts.settings.process_path, parts.settings.others = "/p2", 2
    parts.calls.full = True
    parts.calls.away.add(CALL["CallUUID"])
    assert [tag for tag, _ in done(await post(parts, "/plivo/dialled", DialStatus="no-answer"))] == ["Speak", "Hangup"]

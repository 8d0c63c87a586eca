"""The second carrier: Twilio's messages, XML and signature, as its documents show them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.events import (
    AudioIn,
    CallEnded,
    CallStarted,
    Caption,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    DigitPressed,
    PlayAudio,
)
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import ProtocolError
from vartalaap.security.signatures import Fields
from vartalaap.services.telephony.carrier_control import Person, Spoken
from vartalaap.services.telephony.twilio import SIGNATURE, SIGNATURE_SETTINGS, answer_xml, is_signed, next_xml, sign
from vartalaap.services.telephony.twilio_stream import TwilioStream

CONNECTED = '{"event": "connected", "protocol": "Call", "version": "1.0.0"}'
START = """{"event": "start", "sequenceNumber": "1", "start": {"accountSid": "AC1", "streamSid": "MZ1",
 "callSid": "CA1", "tracks": ["inbound"], "customParameters": {},
 "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}, "streamSid": "MZ1"}"""
MEDIA = """{"event": "media", "sequenceNumber": "3", "media": {"track": "inbound", "chunk": "1", "timestamp": "5",
 "payload": "//8="}, "streamSid": "MZ1"}"""
DTMF = '{"event": "dtmf", "streamSid": "MZ1", "sequenceNumber": "5", "dtmf": {"track": "inbound_track", "digit": "1"}}'
STOP = '{"event": "stop", "sequenceNumber": "9", "streamSid": "MZ1", "stop": {"accountSid": "AC1", "callSid": "CA1"}}'


def begun() -> TwilioStream:
    stream = TwilioStream("CA1")
    assert stream.decode(START) == CallStarted("CA1", "MZ1")
    return stream


def sent(stream: TwilioStream, command: PlayAudio | Checkpoint | ClearAudio) -> dict[str, Any]:
    text = stream.encode(command)
    assert text
    message: dict[str, Any] = json.loads(text)
    return message


def test_a_call_from_connected_to_stop() -> None:
    stream = TwilioStream("CA1")
    heard = [stream.decode(text) for text in (CONNECTED, START, MEDIA, DTMF)]
    assert heard == [None, CallStarted("CA1", "MZ1"), AudioIn(b"\xff\xff"), DigitPressed("1")]
    assert isinstance(stream.decode(STOP), CallEnded)


def test_commands_have_twilio_s_fields() -> None:
    stream = begun()
    assert sent(stream, PlayAudio(b"\xff\xff")) == {"event": "media", "streamSid": "MZ1", "media": {"payload": "//8="}}
    assert sent(stream, ClearAudio()) == {"event": "clear", "streamSid": "MZ1"}
    mark = sent(stream, Checkpoint("3"))
    assert (mark["event"], mark["streamSid"]) == ("mark", "MZ1")
    assert stream.encode(Caption("bot", "hello", "en")) is None


def test_a_mark_is_a_checkpoint_unless_it_was_cleared() -> None:
    stream = begun()
    first = sent(stream, Checkpoint("1"))
    assert stream.decode(json.dumps({**first, "sequenceNumber": "4"})) == CheckpointPlayed("1")
    stream.encode(ClearAudio())
    assert stream.decode(json.dumps(first)) is None, "Twilio sends back what it has not played"
    assert stream.decode(json.dumps(sent(stream, Checkpoint("1")))) == CheckpointPlayed("1")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MEDIA, 1008),
        (START.replace("CA1", "CA2"), 1008),
        (START.replace("x-mulaw", "x-l16"), 1003),
        (START.replace("mediaFormat", "format"), 1007),
        ("[]", 1007),
        ('{"event": "media"' + " " * 70_000, 1009),
    ],
)
def test_what_is_wrong_is_refused_with_its_close_code(text: str, code: int) -> None:
    with pytest.raises(ProtocolError) as refusal:
        TwilioStream("CA1").decode(text)
    assert refusal.value.close_code == code


NAMES = st.sampled_from(["event", "media", "mark", "start", "payload", "name"])
OBJECTS = st.recursive(st.none() | st.text(max_size=8), lambda inner: st.dictionaries(NAMES, inner))


@given(st.text(max_size=80) | OBJECTS.map(json.dumps))
def test_no_text_crashes_the_codec(text: str) -> None:
    stream = begun()
    with suppress(ProtocolError):
        stream.decode(text)
    assert stream.decode(MEDIA) == AudioIn(b"\xff\xff"), "and the stream goes on"


def test_the_signature_is_the_one_of_twilio_s_own_example() -> None:
    fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234"}
    fields |= {"From": "+14158675309", "To": "+18005551212"}
    assert sign("https://mycompany.com/myapp.php?foo=1&bar=2", "12345", fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


FIELDS: Fields = {
    "CallSid": "CA1234567890ABCDE",
    "From": "+919876543210",
    "To": "+911140001234",
    "Tag": ["b", "a", "b"],
    "Name": "रवि",
}
PLAIN, WITH_PORT = "https://bot.example.in/twilio/answer", "https://bot.example.in:443/twilio/answer"
VECTORS = [
    (PLAIN, "", "DhSglp2+vavk3p1P0/IVDvHhLTM="),
    (WITH_PORT, "key=k", "i46E1cjEqkA7h8dGwhYfUFTrrU0="),
    (PLAIN, "key=k,algorithm=HMAC_SHA256", "RbWY0WiZH3F22aS6CqvFODsDupgg74+hDf/1e1yc6Ts="),
    (WITH_PORT, "key=k, algorithm=hmac_sha256", "bzy36CDiibE0tQOxOHUUSf0bOwibgD0YD+jsR3grAjc="),
]
"""Signed with the secret `12345` by Twilio's Python SDK 9.13.0, over the URL named."""


@pytest.mark.parametrize(("signed", "settings", "signature"), VECTORS)
@pytest.mark.parametrize("ours", [PLAIN, WITH_PORT])
def test_what_twilio_s_sdk_signs_is_accepted_with_and_without_the_port(
    ours: str, signed: str, settings: str, signature: str
) -> None:
    headers = {SIGNATURE: signature, SIGNATURE_SETTINGS: settings}
    assert is_signed(ours, headers, "12345", FIELDS), signed
    assert not is_signed(ours, headers, "12346", FIELDS)
    assert not is_signed(ours, headers, "12345", {**FIELDS, "Tag": ["b", "a", "c"]})
    assert not is_signed(ours.replace("answer", "after"), headers, "12345", FIELDS)


@pytest.mark.parametrize("settings", ["algorithm=HMAC_SHA1", "algorithm=HMAC_MD5", "algorithm=none"])
def test_a_signature_of_another_algorithm_than_the_one_named_is_refused(settings: str) -> None:
    _, _, signature = VECTORS[2]
    assert not is_signed(PLAIN, {SIGNATURE: signature, SIGNATURE_SETTINGS: settings}, "12345", FIELDS)


def test_a_port_of_one_s_own_may_be_left_out_of_what_is_signed() -> None:
    ours = "https://bot.example.in:8443/twilio/after?stream=ab12"
    for signed in (ours, ours.replace(":8443", "")):
        assert is_signed(ours, {SIGNATURE: sign(signed, "12345", FIELDS)}, "12345", FIELDS)
    assert not is_signed(ours, {SIGNATURE: sign(ours.replace("8443", "443"), "12345", FIELDS)}, "12345", FIELDS)


def test_the_token_stands_in_the_path_and_what_comes_after_is_asked_for() -> None:
    connect, redirect = ET.fromstring(answer_xml("https://bot.example.in", "t0k", "5tream"))
    assert connect[0].attrib == {"url": "wss://bot.example.in/ws/twilio/t0k"}
    assert redirect.text == "https://bot.example.in/twilio/after?stream=5tream"


def test_a_person_is_rung_after_a_sentence() -> None:
    person = Person(PhoneNumber("+919810000000"), PhoneNumber("+911140001234"), 25)
    say, dial = ET.fromstring(next_xml("https://bot.example.in", Spoken("एक मिनट", "hi"), person, "s1"))
    assert (say.attrib, say.text) == ({"voice": "Polly.Aditi", "language": "hi-IN"}, "एक मिनट")
    assert dial.attrib == {
        "action": "https://bot.example.in/twilio/dialled?stream=s1",
        "method": "POST",
        "timeout": "25",
        "callerId": "+911140001234",
    }
    assert dial.findtext("Number") == "+919810000000"
    ended = ET.fromstring(next_xml("https://bot.example.in", None, None, ""))
    assert [element.tag for element in ended] == ["Hangup"]

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
from vartalaap.services.telephony.ports import Person, Spoken
from vartalaap.services.telephony.twilio import answer_xml, next_xml, sign
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


def test_the_token_stands_in_the_path_and_what_comes_after_is_asked_for() -> None:
    connect, redirect = ET.fromstring(answer_xml("https://bot.example.in", "t0k"))
    assert connect[0].attrib == {"url": "wss://bot.example.in/ws/twilio/t0k"}
    assert redirect.text == "https://bot.example.in/twilio/after"


def test_a_person_is_rung_after_a_sentence() -> None:
    person = Person(PhoneNumber("+919810000000"), PhoneNumber("+911140001234"), 25)
    say, dial = ET.fromstring(next_xml("https://bot.example.in", Spoken("एक मिनट", "hi"), person))
    assert (say.attrib, say.text) == ({"voice": "Polly.Aditi", "language": "hi-IN"}, "एक मिनट")
    assert dial.attrib == {
        "action": "https://bot.example.in/twilio/dialled",
        "method": "POST",
        "timeout": "25",
        "callerId": "+911140001234",
    }
    assert dial.findtext("Number") == "+919810000000"
    assert [element.tag for element in ET.fromstring(next_xml("https://bot.example.in", None, None))] == ["Hangup"]

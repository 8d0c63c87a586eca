"""The XML that answers a call."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.language import Language
from vartalaap.core.phone import PhoneNumber
from vartalaap.services.telephony.carrier_control import Person, Spoken
from vartalaap.services.telephony.plivo import answer_xml, connect_xml, last_words_xml, websocket_url


def test_the_stream_is_two_way_mu_law_and_keeps_the_call() -> None:
    stream = ET.fromstring(answer_xml("https://bot.example.in", "t0k")).find("Stream")
    assert stream is not None
    assert stream.text == "wss://bot.example.in/ws/audio?token=t0k"
    assert stream.attrib == {
        "bidirectional": "true",
        "keepCallAlive": "true",
        "audioTrack": "inbound",
        "contentType": "audio/x-mulaw;rate=8000",
        "streamTimeout": "3600",
        "statusCallbackUrl": "https://bot.example.in/plivo/stream-status",
        "statusCallbackMethod": "POST",
    }


def test_what_comes_after_the_stream_is_asked_for_when_it_has_ended() -> None:
    response = ET.fromstring(answer_xml("https://bot.example.in", "t0k"))
    assert [element.tag for element in response] == ["Stream", "Redirect"]
    assert response[1].text == "https://bot.example.in/plivo/after"
    assert response[1].attrib == {"method": "POST"}


def test_after_our_own_goodbye_nothing_is_spoken() -> None:
    assert [element.tag for element in ET.fromstring(last_words_xml())] == ["Hangup"]


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("hi", {"voice": "Polly.Aditi", "language": "hi-IN"}),
        ("hinglish", {"voice": "Polly.Aditi", "language": "hi-IN"}),
        ("en", {"voice": "Polly.Raveena", "language": "en-IN"}),
    ],
)
def test_the_carrier_speaks_with_a_voice_that_knows_the_language(language: Language, voice: dict[str, str]) -> None:
    speak, hangup = ET.fromstring(last_words_xml(Spoken("माफ़ कीजिए & sorry", language)))
    assert (speak.tag, speak.attrib, speak.text) == ("Speak", voice, "माफ़ कीजिए & sorry")
    assert hangup.tag == "Hangup"


def test_a_person_is_rung_with_the_business_s_own_number_shown() -> None:
    person = Person(PhoneNumber("+919810000000"), PhoneNumber("+911140001234"), 25)
    [dial] = ET.fromstring(connect_xml("https://bot.example.in", person))
    assert dial.attrib == {
        "action": "https://bot.example.in/plivo/dialled",
        "method": "POST",
        "timeout": "25",
        "dialMusic": "real",
        "callerId": "911140001234",
    }
    assert [(child.tag, child.text) for child in dial] == [("Number", "919810000000")]
    unknown = ET.fromstring(connect_xml("https://bot.example.in", Person(person.number, None, 5), Spoken("x", "en")))
    assert [element.tag for element in unknown] == ["Speak", "Dial"]
    assert "callerId" not in unknown[1].attrib


def test_http_becomes_ws_and_https_becomes_wss() -> None:
    assert websocket_url("http://127.0.0.1:8000", "/ws/audio", token="a") == "ws://127.0.0.1:8000/ws/audio?token=a"
    assert websocket_url("https://h.in/bot/", "/ws/audio", token="a b") == "wss://h.in/bot/ws/audio?token=a+b"


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"]), max_size=40))
def test_no_token_can_break_the_xml(token: str) -> None:
    stream = ET.fromstring(answer_xml("https://bot.example.in", token)).find("Stream")
    assert stream is not None
    assert stream.text == websocket_url("https://bot.example.in", "/ws/audio", token=token)

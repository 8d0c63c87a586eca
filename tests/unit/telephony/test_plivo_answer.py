"""The XML that answers a call."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from vartalaap.services.telephony.plivo import answer_xml, websocket_url


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


def test_a_hindi_sentence_and_the_hangup_follow_the_stream() -> None:
    response = ET.fromstring(answer_xml("https://bot.example.in", "t0k"))
    assert [element.tag for element in response] == ["Stream", "Speak", "Hangup"]
    speak = response[1]
    assert speak.attrib == {"voice": "Polly.Aditi", "language": "hi-IN"}
    assert speak.text
    assert "कृपया" in speak.text


def test_http_becomes_ws_and_https_becomes_wss() -> None:
    assert websocket_url("http://127.0.0.1:8000", "/ws/audio", token="a") == "ws://127.0.0.1:8000/ws/audio?token=a"
    assert websocket_url("https://h.in/bot/", "/ws/audio", token="a b") == "wss://h.in/bot/ws/audio?token=a+b"


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"]), max_size=40))
def test_no_token_can_break_the_xml(token: str) -> None:
    stream = ET.fromstring(answer_xml("https://bot.example.in", token)).find("Stream")
    assert stream is not None
    assert stream.text == websocket_url("https://bot.example.in", "/ws/audio", token=token)

"""What Plivo is to do with a call that comes in: connect its audio to us, and say a sentence when we are gone."""

from __future__ import annotations

from urllib.parse import urlencode
from xml.etree import ElementTree as ET

CONTENT_TYPE = "audio/x-mulaw;rate=8000"
CLOSING_SENTENCE = "कॉल करने के लिए धन्यवाद। अगर आपकी बात पूरी नहीं हो पाई, तो माफ़ कीजिए, कृपया दोबारा कॉल कीजिए।"
"""Plivo speaks this whenever our side of the stream closes: after a crash, but also after our own goodbye."""


def websocket_url(public_url: str, path: str, **query: str) -> str:
    """`http://host` gives `ws://host/path?query`, `https` gives `wss`."""
    return f"ws{public_url.removeprefix('http').rstrip('/')}{path}?{urlencode(query)}"


def answer_xml(public_url: str, token: str, *, stream_seconds: int = 3600) -> bytes:
    """Two-way mu-law audio to `/ws/audio`, then the closing sentence and the end of the call."""
    response = ET.Element("Response")
    stream = ET.SubElement(
        response,
        "Stream",
        bidirectional="true",
        keepCallAlive="true",
        audioTrack="inbound",
        contentType=CONTENT_TYPE,
        streamTimeout=str(stream_seconds),
        statusCallbackUrl=f"{public_url.rstrip('/')}/plivo/stream-status",
        statusCallbackMethod="POST",
    )
    stream.text = websocket_url(public_url, "/ws/audio", token=token)
    speak = ET.SubElement(response, "Speak", voice="Polly.Aditi", language="hi-IN")
    speak.text = CLOSING_SENTENCE
    ET.SubElement(response, "Hangup")
    xml: bytes = ET.tostring(response, encoding="utf-8", xml_declaration=True)
    return xml

"""What Plivo is to do with a call: connect its audio to us, and afterwards what we say then.

The XML that follows the stream is asked for when the stream has ended (`/plivo/after`), so that it can depend on how
it ended: our own goodbye, a person to be connected, or a stream that broke.
"""

from __future__ import annotations

from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from ...core.language import Language
from .carrier_control import Person, Spoken

CONTENT_TYPE = "audio/x-mulaw;rate=8000"
ANSWER, AFTER, DIALLED = "/plivo/answer", "/plivo/after", "/plivo/dialled"
VOICES: dict[Language, tuple[str, str]] = {
    "hi": ("Polly.Aditi", "hi-IN"),
    "hinglish": ("Polly.Aditi", "hi-IN"),
    "en": ("Polly.Raveena", "en-IN"),
}
"""Plivo's own WOMAN speaks no Hindi."""


def websocket_url(public_url: str, path: str, **query: str) -> str:
    """`http://host` gives `ws://host/path?query`, `https` gives `wss`."""
    return f"ws{public_url.removeprefix('http').rstrip('/')}{path}?{urlencode(query)}"


def answer_xml(public_url: str, token: str, *, stream_seconds: int = 3600) -> bytes:
    """Two-way mu-law audio to `/ws/audio`; when it has ended, `/plivo/after` tells what is next."""
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
    ET.SubElement(response, "Redirect", method="POST").text = f"{public_url.rstrip('/')}{AFTER}"
    return _xml(response)


def last_words_xml(spoken: Spoken | None = None) -> bytes:
    """The end of the call, after a sentence if there is one."""
    response = ET.Element("Response")
    _speak(response, spoken)
    ET.SubElement(response, "Hangup")
    return _xml(response)


def connect_xml(public_url: str, person: Person, spoken: Spoken | None = None) -> bytes:
    """Ring the person, after a sentence if there is one; `/plivo/dialled` hears what came of it."""
    response = ET.Element("Response")
    _speak(response, spoken)
    dial = ET.SubElement(
        response,
        "Dial",
        action=f"{public_url.rstrip('/')}{DIALLED}",
        method="POST",
        timeout=str(person.ring_seconds),
        dialMusic="real",
    )
    if person.shown:
        dial.set("callerId", person.shown.e164.removeprefix("+"))
    ET.SubElement(dial, "Number").text = person.number.e164.removeprefix("+")
    return _xml(response)


def redirect_xml(url: str) -> bytes:
    """What comes next is asked for there."""
    response = ET.Element("Response")
    ET.SubElement(response, "Redirect", method="POST").text = url
    return _xml(response)


def _speak(response: ET.Element, spoken: Spoken | None) -> None:
    if spoken:
        voice, language = VOICES[spoken.language]
        ET.SubElement(response, "Speak", voice=voice, language=language).text = spoken.text


def _xml(response: ET.Element) -> bytes:
    xml: bytes = ET.tostring(response, encoding="utf-8", xml_declaration=True)
    return xml

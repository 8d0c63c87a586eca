"""What Twilio is to do with a call, in its own XML, and its request signature."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from .plivo import VOICES
from .ports import Person, Spoken

SIGNATURE = "X-Twilio-Signature"


def sign(url: str, token: str, fields: Mapping[str, str]) -> str:
    """The signature of a POST to `url`: base64(HMAC-SHA1(token, url and the sorted fields, bare))."""
    text = url + "".join(f"{key}{fields[key]}" for key in sorted(fields))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def answer_xml(public_url: str, token: str) -> bytes:
    """Two-way audio to `/ws/twilio`, then `/twilio/after`. The token is in the path: Twilio takes no query there."""
    response = ET.Element("Response")
    stream_url = f"ws{public_url.removeprefix('http').rstrip('/')}/ws/twilio/{token}"
    ET.SubElement(ET.SubElement(response, "Connect"), "Stream", url=stream_url)
    ET.SubElement(response, "Redirect", method="POST").text = f"{public_url.rstrip('/')}/twilio/after"
    return _xml(response)


def next_xml(public_url: str, spoken: Spoken | None, person: Person | None) -> bytes:
    """A sentence, if there is one; then a person's telephone, or the end of the call."""
    response = ET.Element("Response")
    if spoken:
        voice, language = VOICES[spoken.language]
        ET.SubElement(response, "Say", voice=voice, language=language).text = spoken.text
    if person is None:
        ET.SubElement(response, "Hangup")
        return _xml(response)
    action = f"{public_url.rstrip('/')}/twilio/dialled"
    dial = ET.SubElement(response, "Dial", action=action, method="POST", timeout=str(person.ring_seconds))
    if person.shown:
        dial.set("callerId", person.shown.e164)
    ET.SubElement(dial, "Number").text = person.number.e164
    return _xml(response)


def _xml(response: ET.Element) -> bytes:
    xml: bytes = ET.tostring(response, encoding="utf-8", xml_declaration=True)
    return xml

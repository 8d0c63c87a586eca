"""What Twilio is to do with a call, in its own XML, and its request signature.

base64(HMAC(secret, URL and the sorted form fields, bare)). SHA-1 with the account's auth token; or what a header names,
SHA-256 say, with the secret of a shared key. Twilio itself is not of one mind whether the URL has its port.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from ...security.signatures import Fields
from .carrier_control import Person, Spoken
from .plivo import VOICES

ANSWER = "/twilio/answer"
SIGNATURE = "X-Twilio-Signature"
SIGNATURE_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
"""`key=…,algorithm=HMAC_SHA256`; without it, or without an algorithm in it, HMAC_SHA1."""
Algorithm = Literal["sha1", "sha256"]
_ALGORITHMS: Mapping[str, Algorithm] = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}


def sign(url: str, secret: str, fields: Fields, algorithm: Algorithm = "sha1") -> str:
    """The signature of a POST to `url`; of a field that is sent twice each value counts, equal ones once."""
    text = url + "".join(f"{key}{value}" for key in sorted(fields) for value in _values(fields[key]))
    return base64.b64encode(hmac.digest(secret.encode(), text.encode("utf-8", "replace"), algorithm)).decode()


def is_signed(url: str, headers: Mapping[str, str], secret: str, fields: Fields) -> bool:
    """Does the signature of the request's (case-insensitive) `headers` match, for the URL with its port or without?"""
    algorithm = _algorithm(headers.get(SIGNATURE_SETTINGS, ""))
    if algorithm is None:
        return False
    offered = headers.get(SIGNATURE, "").encode("utf-8", "replace")
    signatures = [sign(form, secret, fields, algorithm).encode() for form in _with_and_without_port(url)]
    return any(hmac.compare_digest(signature, offered) for signature in signatures)


def _algorithm(settings: str) -> Algorithm | None:
    """None for one that is not known."""
    parts = (part.partition("=") for part in settings.split(","))
    named = (value.strip() for name, _, value in parts if name.strip() == "algorithm")
    return _ALGORITHMS.get(next(filter(None, named), "HMAC_SHA1").upper())


def _with_and_without_port(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    bare = parts.netloc.removesuffix(f":{parts.port}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts._replace(netloc=bare).geturl(), parts._replace(netloc=f"{bare}:{port}").geturl()


def _values(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else sorted(set(value))


def answer_xml(public_url: str, token: str, stream: str) -> bytes:
    """Two-way audio to `/ws/twilio`, then `/twilio/after`. The token is in the path: Twilio takes no query there.

    `stream` is part of the address that is asked afterwards, so that what follows each stream is signed differently.
    """
    response = ET.Element("Response")
    stream_url = f"ws{public_url.removeprefix('http').rstrip('/')}/ws/twilio/{token}"
    ET.SubElement(ET.SubElement(response, "Connect"), "Stream", url=stream_url)
    ET.SubElement(response, "Redirect", method="POST").text = _address(public_url, "after", stream)
    return _xml(response)


def next_xml(public_url: str, spoken: Spoken | None, person: Person | None, stream: str) -> bytes:
    """A sentence, if there is one; then a person's telephone, or the end of the call. `stream` as in `answer_xml`."""
    response = ET.Element("Response")
    if spoken:
        voice, language = VOICES[spoken.language]
        ET.SubElement(response, "Say", voice=voice, language=language).text = spoken.text
    if person is None:
        ET.SubElement(response, "Hangup")
        return _xml(response)
    action = _address(public_url, "dialled", stream)
    dial = ET.SubElement(response, "Dial", action=action, method="POST", timeout=str(person.ring_seconds))
    if person.shown:
        dial.set("callerId", person.shown.e164)
    ET.SubElement(dial, "Number").text = person.number.e164
    return _xml(response)


def _address(public_url: str, path: str, stream: str) -> str:
    return f"{public_url.rstrip('/')}/twilio/{path}?{urlencode({'stream': stream})}"


def _xml(response: ET.Element) -> bytes:
    xml: bytes = ET.tostring(response, encoding="utf-8", xml_declaration=True)
    return xml

"""What carriers' audio streams have in common: JSON frames, read strictly (types, base64, size, format, order)."""

from __future__ import annotations

import binascii
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

import orjson

from ...core.events import AudioIn, CallEnded, CallStarted, DigitPressed, LineCommand, LineEvent
from ...errors import MalformedFrame, ProtocolError

ENCODING = "audio/x-mulaw"
SAMPLE_RATE = 8000
MAX_MESSAGE = 16 * 1024
"""Characters of one message; carriers send about 400."""

UNSUPPORTED, REFUSED, TOO_LARGE = 1003, 1008, 1009

Fields = dict[str, Any]


class AudioStream(ABC):
    """The translator of one call's stream. With a `call_id`, only a start of that call is accepted."""

    call_id_field: str

    def __init__(self, call_id: str | None = None) -> None:
        self.call_id = call_id
        self.stream_id = ""
        self._started = False
        self._during: dict[str, Callable[[Fields], LineEvent | None]] = {"media": audio, "dtmf": digit}

    @abstractmethod
    def encode(self, command: LineCommand) -> str | None:
        """The message for this command; None if the carrier has no use for it."""

    @abstractmethod
    def _read_start(self, message: Fields, start: Fields) -> str:
        """The id of the stream, if all else is as it must be."""

    def again(self) -> Self:
        """The translator of another stream of the same call."""
        return type(self)(self.call_id)

    def decode(self, text: str) -> LineEvent | None:
        """What the message means; None if it means nothing to us. Raises `ProtocolError`."""
        message = parse(text)
        kind = text_of(message, "event")
        if kind == "start":
            return self._start(message)
        if kind == "stop":
            return CallEnded("the carrier stopped the stream")
        if kind not in self._during:
            return None
        if not self._started:
            raise ProtocolError(f"{kind} came before start", close_code=REFUSED)
        return self._during[kind](message)

    def _start(self, message: Fields) -> CallStarted | None:
        start = object_of(message, "start")
        call_id = text_of(start, self.call_id_field)
        if self.call_id not in (None, call_id):
            raise ProtocolError("start names another call", close_code=REFUSED)
        stream_id = self._read_start(message, start)
        if self._started:
            return None
        self.call_id, self.stream_id, self._started = call_id, stream_id, True
        return CallStarted(call_id, stream_id)


def parse(text: str) -> Fields:
    """The message's object. Raises `ProtocolError`, as everything here does."""
    if len(text) > MAX_MESSAGE:
        raise ProtocolError(f"the message is larger than {MAX_MESSAGE // 1024} KB", close_code=TOO_LARGE)
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise MalformedFrame("the message is not JSON", "json") from None
    if not isinstance(message, dict):
        raise MalformedFrame("the message is not an object", "json")
    return message


def audio(message: Fields) -> AudioIn | None:
    """The caller's samples; None for our own, or none."""
    media = object_of(message, "media")
    payload = text_of(media, "payload")
    if media.get("track") == "outbound":
        return None
    try:
        mulaw = binascii.a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise MalformedFrame("the audio is not base64", "audio") from None
    return AudioIn(mulaw) if mulaw else None


def digit(message: Fields) -> DigitPressed:
    """The key that was pressed."""
    key = text_of(object_of(message, "dtmf"), "digit")
    if len(key) != 1 or key not in "0123456789*#ABCD":
        raise MalformedFrame("the digit is none of a telephone's keys", "digit")
    return DigitPressed(key)


def check_format(media_format: Fields) -> None:
    """Only 8 kHz mu-law."""
    encoding = text_of(media_format, "encoding").partition(";")[0].strip().lower()
    rate = media_format.get("sampleRate", SAMPLE_RATE)
    if encoding not in (ENCODING, "audio/mulaw"):
        reason = "the stream carries another encoding than mu-law; set contentType to audio/x-mulaw;rate=8000"
        raise ProtocolError(reason, close_code=UNSUPPORTED)
    if isinstance(rate, bool) or str(rate) != str(SAMPLE_RATE):
        raise ProtocolError("the stream has another sample rate than 8000", close_code=UNSUPPORTED)


def object_of(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise MalformedFrame(f"{name} is missing or no object", "field")
    return value


def text_of(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or (not value and name != "payload"):
        raise MalformedFrame(f"{name} is missing or no text", "field")
    return value


def base64(mulaw: bytes) -> str:
    return binascii.b2a_base64(mulaw, newline=False).decode()


def to_json(**fields: object) -> str:
    return orjson.dumps(fields).decode()

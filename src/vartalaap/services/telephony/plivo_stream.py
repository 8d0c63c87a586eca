"""Plivo's audio stream as a codec: JSON text to line events, line commands to JSON text. No I/O.

Plivo's documents contradict each other in small things; those are read either way (sequence numbers, time
stamps, extra headers and track lists are not looked at, sample rates may be text, stream ids may be absent).
What matters is strict: JSON, types, base64, size, the audio format and the order of events.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from typing import Any

import orjson

from vartalaap.core.events import (
    AudioCleared,
    AudioIn,
    CallEnded,
    CallStarted,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    DigitPressed,
    LineCommand,
    LineEvent,
    PlayAudio,
)
from vartalaap.errors import ProtocolError

ENCODING = "audio/x-mulaw"
SAMPLE_RATE = 8000
MAX_MESSAGE = 64 * 1024
"""Characters of one message; Plivo sends about 350."""

UNSUPPORTED, MALFORMED, REFUSED, TOO_LARGE = 1003, 1007, 1008, 1009

Fields = dict[str, Any]


class PlivoStream:
    """The translator of one call's stream. With a `call_id`, only a start of that call is accepted."""

    def __init__(self, call_id: str | None = None) -> None:
        self.call_id = call_id
        self.stream_id = ""
        self._started = False

    def again(self) -> PlivoStream:
        """The translator of another stream of the same call."""
        return PlivoStream(self.call_id)

    def decode(self, text: str) -> LineEvent | None:
        """What the message means; None if it means nothing to us. Raises `ProtocolError`."""
        message = _parse(text)
        kind = _text(message, "event")
        if kind == "start":
            return self._start(message)
        if kind == "stop":
            return CallEnded("the carrier stopped the stream")
        if kind not in _DURING_THE_CALL:
            return None
        if not self._started:
            raise ProtocolError(f"{kind} came before start", close_code=REFUSED)
        return _DURING_THE_CALL[kind](message)

    def encode(self, command: LineCommand) -> str | None:
        """The message for this command; None if Plivo has no use for it."""
        match command:
            case PlayAudio(mulaw):
                payload = binascii.b2a_base64(mulaw, newline=False).decode()
                return _json(
                    event="playAudio", media={"contentType": ENCODING, "sampleRate": SAMPLE_RATE, "payload": payload}
                )
            case Checkpoint(name):
                return _json(event="checkpoint", streamId=self.stream_id, name=name)
            case ClearAudio():
                return _json(event="clearAudio", streamId=self.stream_id)
        return None

    def _start(self, message: Fields) -> CallStarted | None:
        start = _object(message, "start")
        call_id = _text(start, "callId")
        if self.call_id not in (None, call_id):
            raise ProtocolError("start names another call", close_code=REFUSED)
        stream_id = start.get("streamId") or message.get("streamId") or ""
        if not isinstance(stream_id, str):
            raise ProtocolError("streamId is no text", close_code=MALFORMED)
        if start.get("mediaFormat") is not None:
            _check_format(_object(start, "mediaFormat"))
        if self._started:
            return None
        self.call_id, self.stream_id, self._started = call_id, stream_id, True
        return CallStarted(call_id, stream_id)


def _parse(text: str) -> Fields:
    if len(text) > MAX_MESSAGE:
        raise ProtocolError("the message is larger than 64 KB", close_code=TOO_LARGE)
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ProtocolError("the message is not JSON", close_code=MALFORMED) from None
    if not isinstance(message, dict):
        raise ProtocolError("the message is not an object", close_code=MALFORMED)
    return message


def _audio(message: Fields) -> AudioIn | None:
    media = _object(message, "media")
    payload = _text(media, "payload")
    if media.get("track") == "outbound":
        return None
    try:
        mulaw = binascii.a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise ProtocolError("the audio is not base64", close_code=MALFORMED) from None
    return AudioIn(mulaw) if mulaw else None


def _digit(message: Fields) -> DigitPressed:
    digit = _text(_object(message, "dtmf"), "digit")
    if len(digit) != 1 or digit not in "0123456789*#ABCD":
        raise ProtocolError("the digit is none of a telephone's keys", close_code=MALFORMED)
    return DigitPressed(digit)


_DURING_THE_CALL: dict[str, Callable[[Fields], LineEvent | None]] = {
    "media": _audio,
    "dtmf": _digit,
    "playedStream": lambda message: CheckpointPlayed(_text(message, "name")),
    "clearedAudio": lambda _: AudioCleared(),
}


def _check_format(media_format: Fields) -> None:
    encoding = _text(media_format, "encoding").partition(";")[0].strip().lower()
    rate = media_format.get("sampleRate", SAMPLE_RATE)
    if encoding not in (ENCODING, "audio/mulaw"):
        reason = "the stream carries another encoding than mu-law; set contentType to audio/x-mulaw;rate=8000"
        raise ProtocolError(reason, close_code=UNSUPPORTED)
    if isinstance(rate, bool) or str(rate) != str(SAMPLE_RATE):
        raise ProtocolError("the stream has another sample rate than 8000", close_code=UNSUPPORTED)


def _object(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise ProtocolError(f"{name} is missing or no object", close_code=MALFORMED)
    return value


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or (not value and name != "payload"):
        raise ProtocolError(f"{name} is missing or no text", close_code=MALFORMED)
    return value


def _json(**fields: object) -> str:
    return orjson.dumps(fields).decode()

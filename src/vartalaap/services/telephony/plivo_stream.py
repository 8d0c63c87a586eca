"""Plivo's audio stream as a codec: JSON text to line events, line commands to JSON text. No I/O.

Plivo's documents contradict each other in small things; those are read either way (sequence numbers, time
stamps, extra headers and track lists are not looked at, sample rates may be text, stream ids may be absent).
What matters is strict: JSON, types, base64, size, the audio format and the order of events.
"""

from __future__ import annotations

from collections.abc import Callable

from vartalaap.core.events import (
    AudioCleared,
    CallEnded,
    CallStarted,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    LineCommand,
    LineEvent,
    PlayAudio,
)
from vartalaap.errors import ProtocolError

from .frames import (
    ENCODING,
    MALFORMED,
    REFUSED,
    SAMPLE_RATE,
    Fields,
    audio,
    base64,
    check_format,
    digit,
    object_of,
    parse,
    text_of,
    to_json,
)


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
        message = parse(text)
        kind = text_of(message, "event")
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
                media = {"contentType": ENCODING, "sampleRate": SAMPLE_RATE, "payload": base64(mulaw)}
                return to_json(event="playAudio", media=media)
            case Checkpoint(name):
                return to_json(event="checkpoint", streamId=self.stream_id, name=name)
            case ClearAudio():
                return to_json(event="clearAudio", streamId=self.stream_id)
        return None

    def _start(self, message: Fields) -> CallStarted | None:
        start = object_of(message, "start")
        call_id = text_of(start, "callId")
        if self.call_id not in (None, call_id):
            raise ProtocolError("start names another call", close_code=REFUSED)
        stream_id = start.get("streamId") or message.get("streamId") or ""
        if not isinstance(stream_id, str):
            raise ProtocolError("streamId is no text", close_code=MALFORMED)
        if start.get("mediaFormat") is not None:
            check_format(object_of(start, "mediaFormat"))
        if self._started:
            return None
        self.call_id, self.stream_id, self._started = call_id, stream_id, True
        return CallStarted(call_id, stream_id)


_DURING_THE_CALL: dict[str, Callable[[Fields], LineEvent | None]] = {
    "media": audio,
    "dtmf": digit,
    "playedStream": lambda message: CheckpointPlayed(text_of(message, "name")),
    "clearedAudio": lambda _: AudioCleared(),
}

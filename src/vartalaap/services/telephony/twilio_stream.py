"""Twilio's Media Streams as a codec, beside Plivo's: what is said of that one holds here.

A `mark` is a checkpoint. After a `clear` Twilio sends back the marks that were never reached, as if they had been: so
marks carry the number of clears before them, and those of another number mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from vartalaap.core.events import (
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

from .frames import REFUSED, Fields, audio, base64, check_format, digit, object_of, parse, text_of, to_json


class TwilioStream:
    """The translator of one call's stream. With a `call_id`, only a start of that call is accepted."""

    def __init__(self, call_id: str | None = None) -> None:
        self.call_id = call_id
        self.stream_id = ""
        self._clears = 0
        self._during: dict[str, Callable[[Fields], LineEvent | None]] = {
            "media": audio,
            "dtmf": digit,
            "mark": self._mark,
        }

    def again(self) -> TwilioStream:
        """The translator of another stream of the same call."""
        return TwilioStream(self.call_id)

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
        if not self.stream_id:
            raise ProtocolError(f"{kind} came before start", close_code=REFUSED)
        return self._during[kind](message)

    def encode(self, command: LineCommand) -> str | None:
        """The message for this command; None if Twilio has no use for it."""
        match command:
            case PlayAudio(mulaw):
                return to_json(event="media", streamSid=self.stream_id, media={"payload": base64(mulaw)})
            case Checkpoint(name):
                return to_json(event="mark", streamSid=self.stream_id, mark={"name": f"{self._clears}:{name}"})
            case ClearAudio():
                self._clears += 1
                return to_json(event="clear", streamSid=self.stream_id)
        return None

    def _start(self, message: Fields) -> CallStarted | None:
        start = object_of(message, "start")
        call_id = text_of(start, "callSid")
        if self.call_id not in (None, call_id):
            raise ProtocolError("start names another call", close_code=REFUSED)
        check_format(object_of(start, "mediaFormat"))
        if self.stream_id:
            return None
        self.call_id, self.stream_id = call_id, text_of(start, "streamSid")
        return CallStarted(call_id, self.stream_id)

    def _mark(self, message: Fields) -> CheckpointPlayed | None:
        clears, _, name = text_of(object_of(message, "mark"), "name").partition(":")
        return CheckpointPlayed(name) if clears == str(self._clears) and name else None

"""Twilio's Media Streams as a codec, beside Plivo's: what is said of that one holds here.

A `mark` is a checkpoint. After a `clear` Twilio sends back the marks that were never reached, as if they had been: so
marks carry the number of clears before them, and those of another number mean nothing.
"""

from __future__ import annotations

from ...core.events import Checkpoint, CheckpointPlayed, ClearAudio, LineCommand, PlayAudio
from .frames import AudioStream, Fields, base64, check_format, object_of, text_of, to_json


class TwilioStream(AudioStream):
    """The translator of one call's stream. With a `call_id`, only a start of that call is accepted."""

    call_id_field = "callSid"

    def __init__(self, call_id: str | None = None) -> None:
        super().__init__(call_id)
        self._clears = 0
        self._during["mark"] = self._mark

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

    def _read_start(self, message: Fields, start: Fields) -> str:
        check_format(object_of(start, "mediaFormat"))
        return text_of(start, "streamSid")

    def _mark(self, message: Fields) -> CheckpointPlayed | None:
        clears, _, name = text_of(object_of(message, "mark"), "name").partition(":")
        return CheckpointPlayed(name) if clears == str(self._clears) and name else None

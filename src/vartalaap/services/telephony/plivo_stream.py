"""Plivo's audio stream as a codec: JSON text to line events, line commands to JSON text. No I/O.

Plivo's documents contradict each other in small things; those are read either way (sequence numbers, time
stamps, extra headers and track lists are not looked at, sample rates may be text, stream ids may be absent).
What matters is strict: JSON, types, base64, size, the audio format and the order of events.
"""

from __future__ import annotations

from ...core.events import AudioCleared, Checkpoint, CheckpointPlayed, ClearAudio, LineCommand, PlayAudio
from ...errors import MalformedFrame
from .frames import (
    ENCODING,
    SAMPLE_RATE,
    AudioStream,
    Fields,
    base64,
    check_format,
    object_of,
    text_of,
    to_json,
)


class PlivoStream(AudioStream):
    """The translator of one call's stream. With a `call_id`, only a start of that call is accepted."""

    call_id_field = "callId"

    def __init__(self, call_id: str | None = None) -> None:
        super().__init__(call_id)
        self._during["playedStream"] = lambda message: CheckpointPlayed(text_of(message, "name"))
        self._during["clearedAudio"] = lambda _: AudioCleared()

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

    def _read_start(self, message: Fields, start: Fields) -> str:
        stream_id = start.get("streamId") or message.get("streamId") or ""
        if not isinstance(stream_id, str):
            raise MalformedFrame("streamId is no text", "field")
        if start.get("mediaFormat") is not None:
            check_format(object_of(start, "mediaFormat"))
        return stream_id

"""The codec of Plivo's audio stream: exact field names out, tolerance and strictness in."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.events import (
    AudioCleared,
    AudioIn,
    CallEnded,
    CallStarted,
    Caption,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    DigitPressed,
    PlayAudio,
)
from vartalaap.errors import ProtocolError
from vartalaap.services.telephony.frames import REFUSED, TOO_LARGE, UNSUPPORTED
from vartalaap.services.telephony.plivo_stream import PlivoStream

FRAME = bytes(range(160))
MALFORMED = 1007
MULAW = {"encoding": "audio/x-mulaw", "sampleRate": 8000}


def text(**message: Any) -> str:
    return orjson.dumps(message).decode()


def start_message(call_id: str = "call-1", media_format: object = MULAW, **extra: Any) -> str:
    start = {"callId": call_id, "streamId": "stream-1", "accountId": "MA", "tracks": ["inbound"]}
    return text(event="start", start={**start, "mediaFormat": media_format}, **extra)


def media_message(payload: object = None, track: str = "inbound", **extra: Any) -> str:
    payload = base64.b64encode(FRAME).decode() if payload is None else payload
    return text(event="media", media={"track": track, "timestamp": "17053", "chunk": 1, "payload": payload}, **extra)


def started() -> PlivoStream:
    stream = PlivoStream()
    stream.decode(start_message())
    return stream


def refusal(stream: PlivoStream, message: str) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        stream.decode(message)
    return caught.value


def test_a_call_from_start_to_stop() -> None:
    stream = PlivoStream()
    assert stream.decode(start_message(sequenceNumber=1, extra_headers="a=b")) == CallStarted("call-1", "stream-1")
    assert stream.decode(media_message(sequenceNumber=2, streamId="stream-1")) == AudioIn(FRAME)
    dtmf = {"track": "inbound", "digit": "5", "timestamp": "1"}
    assert stream.decode(text(event="dtmf", dtmf=dtmf)) == DigitPressed("5")
    assert stream.decode(text(event="playedStream", name="s1", streamId="x")) == CheckpointPlayed("s1")
    assert stream.decode(text(event="clearedAudio")) == AudioCleared()
    ended = stream.decode(text(event="stop"))
    assert isinstance(ended, CallEnded)


@pytest.mark.parametrize("sequence", [{}, {"sequenceNumber": 7}, {"sequenceNumber": "7"}, {"sequenceNumber": None}])
@pytest.mark.parametrize("headers", [{}, {"extra_headers": ""}, {"extra_headers": "{}"}, {"extra_headers": "a=b;c=d"}])
def test_the_documents_contradictions_are_all_accepted(sequence: dict[str, Any], headers: dict[str, Any]) -> None:
    stream = PlivoStream()
    assert stream.decode(start_message(**sequence, **headers)) == CallStarted("call-1", "stream-1")
    assert stream.decode(media_message(**sequence, **headers)) == AudioIn(FRAME)
    assert stream.decode(text(event="playedStream", name="n", **sequence, **headers)) == CheckpointPlayed("n")


@pytest.mark.parametrize(
    "media_format",
    [
        MULAW,
        None,
        {"encoding": "audio/x-mulaw", "sampleRate": "8000"},
        {"encoding": "audio/x-mulaw"},
        {"encoding": "Audio/X-MULAW;rate=8000", "sampleRate": 8000},
    ],
)
def test_mu_law_at_8000_is_accepted_however_it_is_written(media_format: object) -> None:
    assert PlivoStream().decode(start_message(media_format=media_format)) == CallStarted("call-1", "stream-1")


def test_a_start_without_stream_id_takes_the_messages_or_none() -> None:
    start = text(event="start", start={"callId": "c"}, streamId="outer")
    assert PlivoStream().decode(start) == CallStarted("c", "outer")
    assert PlivoStream().decode(text(event="start", start={"callId": "c"})) == CallStarted("c", "")


@pytest.mark.parametrize(
    ("media_format", "code"),
    [
        ({"encoding": "audio/x-l16", "sampleRate": 8000}, UNSUPPORTED),
        ({"encoding": "audio/x-mulaw", "sampleRate": 16000}, UNSUPPORTED),
        ({"encoding": "audio/x-mulaw", "sampleRate": True}, UNSUPPORTED),
        ({"encoding": "opus"}, UNSUPPORTED),
        ({"encoding": 8}, MALFORMED),
        ({"sampleRate": 8000}, MALFORMED),
        ("audio/x-mulaw", MALFORMED),
    ],
)
def test_another_audio_format_is_refused(media_format: object, code: int) -> None:
    stream = PlivoStream()
    assert refusal(stream, start_message(media_format=media_format)).close_code == code
    assert refusal(stream, media_message()).close_code == REFUSED, "a refused start is no start"


def test_the_refusal_of_l16_says_what_to_set() -> None:
    error = refusal(PlivoStream(), start_message(media_format={"encoding": "audio/x-l16", "sampleRate": 8000}))
    assert "audio/x-mulaw;rate=8000" in error.message
    assert len(error.message.encode()) <= 123, "it must fit into a close frame"


@pytest.mark.parametrize(
    "message",
    [media_message(), text(event="dtmf", dtmf={"digit": "1"}), text(event="playedStream", name="n"),
     text(event="clearedAudio")],
)  # fmt: skip
def test_nothing_of_a_call_may_come_before_its_start(message: str) -> None:
    assert refusal(PlivoStream(), message).close_code == REFUSED


def test_a_second_start_is_ignored_for_the_same_call_and_refused_for_another() -> None:
    stream = started()
    assert stream.decode(start_message()) is None
    assert refusal(stream, start_message("call-2")).close_code == REFUSED


def test_a_codec_for_one_call_refuses_the_start_of_another() -> None:
    assert refusal(PlivoStream("call-1"), start_message("call-2")).close_code == REFUSED
    assert PlivoStream("call-1").decode(start_message("call-1")) is not None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", MALFORMED),
        ("{", MALFORMED),
        ("[]", MALFORMED),
        ("null", MALFORMED),
        ("{}", MALFORMED),
        ('{"event": 1}', MALFORMED),
        ('{"event": "media"}', MALFORMED),
        ('{"event": "media", "media": []}', MALFORMED),
        (media_message(payload=5), MALFORMED),
        (media_message(payload="not base64!"), MALFORMED),
        (media_message(payload="AAA"), MALFORMED),
        (media_message(payload="AA==AA=="), MALFORMED),
        (media_message(payload="नमस्ते"), MALFORMED),
        (text(event="start"), MALFORMED),
        (text(event="start", start={}), MALFORMED),
        (text(event="start", start={"callId": 7}), MALFORMED),
        (text(event="start", start={"callId": "call-1", "streamId": 7}), MALFORMED),
        (text(event="dtmf", dtmf={"digit": "x"}), MALFORMED),
        (text(event="dtmf", dtmf={"digit": "12"}), MALFORMED),
        (text(event="playedStream"), MALFORMED),
        (text(event="playedStream", name=3), MALFORMED),
        ("[" * 16_000, MALFORMED),
        ('"\ud800"', MALFORMED),
        (media_message(payload="A" * 16_400), TOO_LARGE),
    ],
)
def test_what_is_malformed_is_refused_with_its_close_code(message: str, code: int) -> None:
    assert refusal(started(), message).close_code == code


def test_unknown_events_empty_audio_and_our_own_voice_mean_nothing() -> None:
    stream = started()
    assert stream.decode(text(event="degraded", what=1)) is None
    assert stream.decode(media_message(payload="")) is None
    assert stream.decode(media_message(track="outbound")) is None
    assert PlivoStream().decode(text(event="connected")) is None


def test_commands_have_the_protocols_exact_fields() -> None:
    stream = started()
    assert orjson.loads(stream.encode(PlayAudio(FRAME)) or "") == {
        "event": "playAudio",
        "media": {
            "contentType": "audio/x-mulaw",
            "sampleRate": 8000,
            "payload": base64.b64encode(FRAME).decode(),
        },
    }
    checkpoint = {"event": "checkpoint", "streamId": "stream-1", "name": "r1-s2"}
    assert orjson.loads(stream.encode(Checkpoint("r1-s2")) or "") == checkpoint
    assert orjson.loads(stream.encode(ClearAudio()) or "") == {"event": "clearAudio", "streamId": "stream-1"}


def test_what_a_telephone_cannot_show_is_not_sent() -> None:
    assert started().encode(Caption("bot", "namaste", "hi")) is None


@given(st.binary(max_size=2000))
def test_audio_survives_the_way_there_and_back(mulaw: bytes) -> None:
    sent = orjson.loads(started().encode(PlayAudio(mulaw)) or "")
    received = started().decode(media_message(payload=sent["media"]["payload"]))
    assert received == (AudioIn(mulaw) if mulaw else None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KNOWN = st.sampled_from(["start", "media", "dtmf", "playedStream", "clearedAudio", "stop"])
PARTS = st.dictionaries(
    st.sampled_from(["callId", "streamId", "mediaFormat", "encoding", "payload", "track", "digit", "name"]), JSON
)
MESSAGES = st.builds(
    lambda event, body, extra: json.dumps({"event": event, event: body, **extra}),
    KNOWN | st.text(max_size=5),
    PARTS | JSON,
    PARTS,
)


def decode_or_refuse(stream: PlivoStream, message: str) -> None:
    with suppress(ProtocolError):
        stream.decode(message)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_no_text_crashes_the_codec(message: str) -> None:
    decode_or_refuse(PlivoStream(), message)
    decode_or_refuse(started(), message)


@given(st.lists(MESSAGES, max_size=5))
def test_no_near_miss_of_the_protocol_crashes_the_codec(messages: list[str]) -> None:
    stream = PlivoStream()
    for message in messages:
        decode_or_refuse(stream, message)


@given(st.sampled_from([start_message(), media_message(), text(event="playedStream", name="n")]), st.data())
def test_a_truncated_message_is_refused(message: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(message) - 1))
    assert refusal(started(), message[:cut]).close_code == MALFORMED

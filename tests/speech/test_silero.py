"""Voice activity on real speech: where it begins, where it ends, and that silence is silence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from vartalaap.core.audio import FRAME_BYTES, SILENCE, bytes_of, encode
from vartalaap.core.events import SpeechEvent, SpeechGoesOn, SpeechPaused, SpeechStarted
from vartalaap.services.vad.silero import SileroVad

Recording = Callable[[int], bytes]


async def hear(vad: SileroVad, mulaw: bytes, piece: int = FRAME_BYTES) -> list[SpeechEvent]:
    events: list[SpeechEvent] = []
    stream = vad.open(events.append)
    for at in range(0, len(mulaw), piece):
        stream.feed(mulaw[at : at + piece])
    vad.judge()
    return [event for event in events if not isinstance(event, SpeechGoesOn)]


@pytest.mark.parametrize("number", [1, 3, 5])
async def test_a_sentence_begins_and_ends_once(vad: SileroVad, recording: Recording, number: int) -> None:
    second = SILENCE * 8000
    speech = recording(number)
    events = await hear(vad, second + speech + second)
    assert [type(event) for event in events] == [SpeechStarted, SpeechPaused]
    assert isinstance(events[0], SpeechStarted)
    assert isinstance(events[1], SpeechPaused)
    assert 1000 <= events[0].at_ms < 2000
    assert events[1].at_ms <= 1000 + len(speech) // 8


async def test_frames_of_any_length_give_the_same_events(vad: SileroVad, recording: Recording) -> None:
    mulaw = recording(1) + SILENCE * 8000
    assert await hear(vad, mulaw, 160) == await hear(vad, mulaw, 333) == await hear(vad, mulaw, 8000)


async def test_silence_noise_and_a_click_are_no_speech(vad: SileroVad) -> None:
    noise = np.random.default_rng(1).normal(0, 300, 5 * 8000).astype("<i2")
    click = SILENCE * 8000 + b"\x00" * bytes_of(30) + SILENCE * 8000
    assert await hear(vad, SILENCE * 40_000) == []
    assert await hear(vad, encode(noise.tobytes())) == []
    assert await hear(vad, click) == []


async def test_two_calls_do_not_disturb_each_other(vad: SileroVad, recording: Recording) -> None:
    first: list[SpeechEvent] = []
    second: list[SpeechEvent] = []
    one, two = vad.open(first.append), vad.open(second.append)
    mulaw = recording(5) + SILENCE * 8000
    for at in range(0, len(mulaw), FRAME_BYTES):
        one.feed(mulaw[at : at + FRAME_BYTES])
        two.feed(SILENCE * FRAME_BYTES)
    vad.judge()
    assert [event for event in first if not isinstance(event, SpeechGoesOn)] == await hear(vad, mulaw)
    assert second == []

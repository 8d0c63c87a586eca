"""Sound that never becomes words: the caller hears what is said, and the line is free again soon (R76, R86)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Sequence

import pytest

from tests.support.call import ScriptedBrain, ScriptedLine, ScriptedRecogniser, Stage, loop_time, play, said
from tests.support.talk_over import Call
from tests.support.virtual_time import run_virtual
from vartalaap.core.events import CallEnded, ClearAudio, TextTyped
from vartalaap.core.session import CallSession

MOST_SECONDS = 120
ON_AND_OFF = [(0, 5), (1, 6), (2, 8), (1.5, 12), (4, 4), (1.5, 1.5), (0.4, 2), (1.5, 3), (30, 1)]
"""Seconds of sound, seconds of silence."""
FOR_EVER = (1000, 1)
LONG = [f"this is sentence {number} of a very long reply to whoever is on the line." for number in range(10)]


async def sound(line: ScriptedLine, on_and_off: Iterable[float]) -> float:
    """Make it until the bot hangs up or the sound is over; how long that took."""
    began = loop_time()
    for number, seconds in enumerate(on_and_off):
        for _ in range(round(seconds / 0.1)):
            await (line.listen(0.1) if number % 2 else line.speak(0.1))
            if line.closed:
                return loop_time() - began
    return loop_time() - began


def call_in(on: float, off: float, heard: Sequence[str] = ()) -> tuple[Call, float]:
    """A whole call in which there is nothing but this, and how long it was."""
    call = Call()
    call.script[:] = heard

    async def main() -> float:
        running = asyncio.ensure_future(call.session.run())
        seconds = await sound(call.line, itertools.cycle((on, off)))
        call.line.put(CallEnded("caller"))
        await running
        return seconds

    return call, run_virtual(main())


@pytest.fixture(scope="module")
def greeting() -> str:
    call = Call()

    async def listen(_: Call) -> None: ...

    call.play(listen)
    return call.bot[0]


@pytest.mark.parametrize(("on", "off"), [*ON_AND_OFF, FOR_EVER])
def test_sound_without_words_ends_the_call_in_two_minutes_with_the_greeting_whole_and_a_goodbye(
    greeting: str, on: float, off: float
) -> None:
    call, seconds = call_in(on, off)
    assert seconds < MOST_SECONDS
    assert call.bot[0] == greeting
    assert "नमस्ते" in call.bot[-1]
    assert any("मैनेजर" in text for text in call.bot)
    assert call.context.outcome == "fallback"
    assert call.stops <= 2


def test_noise_is_named_and_the_keys_are_offered() -> None:
    call, _ = call_in(1.5, 1.5)
    assert "शोर" in call.bot[1]
    assert "बटन" in call.bot[2]
    silent, _ = call_in(0, 5)
    assert not any("शोर" in text for text in silent.bot)


@pytest.mark.parametrize(("on", "off"), [(1.5, 8), (1.5, 1.5), (0.4, 2)])
def test_a_recogniser_that_never_answers_does_not_hold_the_line_either(on: float, off: float) -> None:
    call, seconds = call_in(on, off, heard=["<never>"] * 100)
    assert seconds < MOST_SECONDS
    assert "नमस्ते" in call.bot[-1]


def test_whoever_speaks_now_and_then_in_the_noise_is_served_on() -> None:
    async def caller(call: Call) -> None:
        for words in ("a table for four please", "tomorrow at 8 pm", "my name is Anil"):
            call.script[:] = ["", "", words]
            await sound(call.line, (1.5, 9.0) * 3)
        assert not call.line.closed
        assert [call.state.state.slots.party_size, call.state.state.slots.name] == [4, "Anil"]
        assert call.state.state.progress.misses == 0

    Call().play(caller)


def over_a_long_reply(heard: list[str], *sounds: float) -> Stage:
    """The bot says something long; these sounds are made over it, a second and a half apart."""
    stage = Stage(recogniser=ScriptedRecogniser(heard), brain=ScriptedBrain(lambda c, s: LONG))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("go"))
        await line.listen(0.5)
        await sound(line, itertools.chain.from_iterable((seconds, 1.5) for seconds in sounds))
        await line.listen_to_the_end()

    play(stage, caller)
    return stage


@pytest.mark.parametrize("heard", ["", "hmm"])
def test_a_sound_stops_the_bot_twice_in_vain_and_then_no_more(heard: str) -> None:
    stage = over_a_long_reply([heard] * 5, *[0.5] * 5)
    assert len(stage.line.times(ClearAudio)) == 2
    assert stage.brain.heard == ["go"]


def test_in_noise_words_stop_the_bot_and_then_a_voice_does_again() -> None:
    stage = over_a_long_reply(["", "", "wait", "no"], 0.5, 0.5, 0.5, 0.5)
    assert stage.brain.heard == ["go", "wait", "no"]
    assert len(stage.line.times(ClearAudio)) == 4


def test_a_radio_that_never_pauses_is_read_and_so_is_a_caller_beside_it() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["", "a table please"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(30)

    record = play(stage, caller)
    assert said(record, "bot")[:2] == ["welcome.", "what noise!"]
    assert stage.brain.heard == ["a table please"]

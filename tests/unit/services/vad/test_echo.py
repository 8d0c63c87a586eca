"""Our own voice that comes back is told from a caller's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vartalaap.core.audio import SAMPLE_RATE, SILENCE, bytes_of, decode, encode
from vartalaap.services.vad.echo import Echo

STRETCH = bytes_of(250)
Sound = npt.NDArray[np.float64]


def voice(seed: int, seconds: float = 4.0, pitch: float = 120.0) -> Sound:
    """A made voice: pulses of a wandering pitch through wandering resonances, in syllables."""
    rng = np.random.default_rng(seed)
    size = int(seconds * SAMPLE_RATE)
    knots = np.arange(0, size + 800, 800)
    wander = np.interp(np.arange(size), knots, rng.normal(1, 0.15, len(knots)))
    phase = np.cumsum(pitch * wander / SAMPLE_RATE)
    pulses = np.diff(np.floor(phase), prepend=0.0) + rng.normal(0, 0.02, size)
    sound = np.zeros(size)
    for syllable in range(0, size, 1600):
        window = slice(syllable, syllable + 1600)
        times = np.arange(80) / SAMPLE_RATE
        tones = np.sin(2 * np.pi * rng.uniform(300, 3000, (3, 1)) * times)
        response = np.exp(-250 * times) * tones.sum(axis=0)
        sound[window] = np.convolve(pulses[window], response)[:1600] * np.hanning(1600)
    loud: Sound = sound * 8000 / np.abs(sound).max()
    return loud


def line(sound: Sound) -> bytes:
    return encode(np.clip(sound, -32000, 32000).astype("<i2").tobytes())


def returned(sound: Sound, delay_ms: int, loudness: float, noise: float, seed: int) -> Sound:
    """The sound as it comes back: later, softer, from a room, with noise."""
    rng = np.random.default_rng(seed)
    room = np.concatenate([[1.0], rng.normal(0, 0.1, 400) * np.exp(-np.arange(400) / 100)])
    late = np.concatenate([np.zeros(bytes_of(delay_ms)), np.convolve(sound, room)[: len(sound)] * loudness])
    return late[: len(sound)] + rng.normal(0, noise, len(sound))


def call(bot: Sound, caller: Sound) -> Echo:
    """Both at once: the bot's audio leaves 200 ms ahead, in pieces of 60 ms."""
    echo, sent, heard = Echo(), line(bot), line(caller)
    ahead, at = bytes_of(200), 0
    for position in range(0, len(heard), 160):
        while at < min(len(sent), position + ahead):
            echo.played(sent[at : at + 480])
            at += 480
        echo.heard(heard[position : position + 160])
    return echo


def share_explained(bot: Sound, caller: Sound) -> float:
    """Of the loud stretches of the caller's audio in its last second and a half."""
    echo = call(bot, caller)
    ends = range(len(caller) - 12_000, len(caller), 400)
    loud = [end for end in ends if np.mean(caller[end - STRETCH : end] ** 2) > 0.3 * np.mean(caller[-12_000:] ** 2)]
    return sum(echo.explains(end - STRETCH, end) for end in loud) / len(loud)


@pytest.mark.parametrize("delay_ms", [0, 90, 350, 800])
@pytest.mark.parametrize(("loudness", "noise"), [(0.3, 10.0), (0.05, 10.0)])
def test_a_late_soft_and_noisy_copy_of_what_was_sent_is_an_echo(delay_ms: int, loudness: float, noise: float) -> None:
    bot = voice(1)
    assert share_explained(bot, returned(bot, delay_ms, loudness, noise, seed=2)) >= 0.9


@pytest.mark.parametrize("seed", range(10, 15))
@pytest.mark.parametrize("pitch", [120.0, 210.0])
def test_another_voice_over_ours_is_no_echo(seed: int, pitch: float) -> None:
    assert share_explained(voice(1), voice(seed, pitch=pitch)) <= 0.1


def test_a_caller_who_speaks_through_the_echo_is_heard() -> None:
    bot = voice(1)
    both = returned(bot, 300, 0.1, 10.0, seed=2) + voice(20, pitch=180.0)
    assert share_explained(bot, both) <= 0.1


def test_an_echo_is_found_after_a_long_call() -> None:
    bot = np.concatenate([np.zeros(20 * SAMPLE_RATE), voice(1)])
    assert share_explained(bot, returned(bot, 350, 0.2, 10.0, seed=2)) >= 0.9


def test_nothing_is_an_echo_when_nothing_or_only_silence_was_sent() -> None:
    caller = line(voice(3))
    echo = Echo()
    echo.heard(caller)
    assert not echo.may_sound(len(caller))
    assert not echo.explains(len(caller) - STRETCH, len(caller))
    echo.played(SILENCE * 4000)
    echo.heard(caller)
    assert echo.may_sound(len(caller) + 8000)
    assert not echo.explains(2 * len(caller) - STRETCH, 2 * len(caller))


def test_what_was_sent_more_than_a_second_ago_is_not_waited_for() -> None:
    echo = Echo()
    echo.played(line(voice(1, 1.0)))
    echo.heard(SILENCE * 3 * SAMPLE_RATE)
    assert echo.may_sound(SAMPLE_RATE)
    assert not echo.may_sound(3 * SAMPLE_RATE)


def test_what_is_remembered_of_a_call_stays_small() -> None:
    echo = Echo()
    for _ in range(6000):
        echo.played(SILENCE * 160)
        echo.heard(SILENCE * 160)
    assert len(decode(bytes(echo._heard + echo._sent))) < 200_000

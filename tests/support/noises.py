"""Sounds without words, and words in them: 8 kHz samples, as loud as a telephone line's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from vartalaap.core.audio import SAMPLE_RATE, decode, encode

Samples = npt.NDArray[np.float64]
LOUDEST = 32_000


def _shaped(count: int, seed: int, slope: float) -> Samples:
    """Random, its amplitude falling with this power of the frequency, from 60 Hz."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    return np.fft.irfft(spectrum / np.maximum(hertz, 60.0) ** slope, count)


def _hum(count: int, seed: int) -> Samples:
    time = np.arange(count) / SAMPLE_RATE
    tones = sum(np.sin(2 * np.pi * 50 * times * time + seed) / times for times in (1, 2, 3, 5, 7))
    return np.asarray(tones) + np.random.default_rng(seed).normal(0, 0.02, count)


STEADY: dict[str, Callable[[int, int], Samples]] = {
    "white": lambda count, seed: _shaped(count, seed, 0.0),
    "pink": lambda count, seed: _shaped(count, seed, 0.5),
    "brown": lambda count, seed: _shaped(count, seed, 1.0),
    "hum": _hum,
}


def noise(kind: str, seconds: float, loudness: float, seed: int = 1) -> Samples:
    """`loudness` is the root mean square, of 16-bit samples."""
    sound = STEADY[kind](int(seconds * SAMPLE_RATE), seed)
    return sound * loudness / loudness_of(sound)


def burst(sound: Samples) -> Samples:
    """With the silence around it that a recogniser hears."""
    return np.concatenate([np.zeros(SAMPLE_RATE // 2), sound, np.zeros(SAMPLE_RATE * 3 // 10)])


def babble(voices: list[Samples], seconds: float, loudness: float, seed: int = 1) -> Samples:
    """A talk in the room: eight of these voices at once."""
    count, draw = int(seconds * SAMPLE_RATE), np.random.default_rng(seed)
    shifted = [
        np.roll(voices[number], draw.integers(len(voices[number]))) for number in draw.integers(len(voices), size=8)
    ]
    sound = np.sum([np.resize(voice, count) for voice in shifted], axis=0)
    return np.asarray(sound * loudness / loudness_of(sound))


def at_peak(voice: Samples, decibels: float) -> Samples:
    """So far below full scale."""
    return np.asarray(voice / np.abs(voice).max() * 32_768 * 10 ** (decibels / 20))


def in_noise(voice: Samples, kind: str, decibels: float) -> Samples:
    """The voice, in a noise that is so far below it."""
    around = noise(kind, len(voice) / SAMPLE_RATE + 0.1, loudness_of(voice) * 10 ** (-decibels / 20))
    return burst(voice) + np.resize(around, len(burst(voice)))


def loudness_of(sound: Samples) -> float:
    return float(np.sqrt(np.mean(sound**2)))


def samples_of(mulaw: bytes) -> Samples:
    return np.frombuffer(decode(mulaw), dtype="<i2").astype(np.float64)


def mulaw_of(sound: Samples) -> bytes:
    return encode(np.clip(np.round(sound), -LOUDEST, LOUDEST).astype("<i2").tobytes())

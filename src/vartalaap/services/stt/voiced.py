"""How much of a sound may be a voice: told by its loudness alone, and so the same on every machine.

Speech rises and falls by the syllable, a line's hiss and hum do not. Of a talk in the room or music this says nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...core.audio import SAMPLE_RATE, decode

QUIETEST = 0.01
"""Peak, of full scale, under which nobody speaks."""
FRAME = 240
"""Samples: 30 ms."""
SHORTEST = 3 * FRAME
LOWEST_HZ = 200
"""Below this are hum and rumble, and of a telephone nothing else."""
LOUD_DB = 20
"""Frames so far below the loudest are a voice's too; quieter ones are what there is between the words."""
STEADIEST_DB = 1.5
"""Standard deviation of the loud frames' levels under which they are a noise: hiss (white, pink, brown) and hum come to
1.2 at most, speech to 4.3 at least, and in a noise 5 dB below it to 1.8 (docs/offline-speech.md)."""

Levels = npt.NDArray[np.float64]


def voiced_seconds(mulaw: bytes) -> float:
    """How long a voice may be heard in this; 0 if it is too quiet, or a steady noise."""
    samples = np.frombuffer(decode(mulaw), dtype="<i2").astype(np.float64) / 32768
    if len(samples) < SHORTEST or np.abs(samples).max() < QUIETEST:
        return 0.0
    loud = loud_levels(samples)
    return len(loud) * FRAME / SAMPLE_RATE if loud.std() >= STEADIEST_DB else 0.0


def loud_levels(samples: Levels) -> Levels:
    """The levels (dB of full scale) of the frames that are about as loud as the loudest; those at its ends are cut."""
    whole = samples[: len(samples) // FRAME * FRAME]
    spectrum = np.fft.rfft(whole)
    spectrum[: len(whole) * LOWEST_HZ // SAMPLE_RATE] = 0
    frames = np.fft.irfft(spectrum, len(whole)).reshape(-1, FRAME)[1:-1]
    levels: Levels = 10 * np.log10((frames**2).mean(axis=1) + 1e-9)
    return levels[levels > np.percentile(levels, 97) - LOUD_DB]

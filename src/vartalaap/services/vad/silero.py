"""Voice activity by Silero's model at 8 kHz: one session for all calls, a small state for each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from ...core.audio import decode, ms_of
from ...core.events import SpeechPaused, SpeechStarted
from ...core.ports import Emit

WINDOW = 256
"""Samples judged at a time: 32 ms."""
CONTEXT = 32
"""Samples of the window before, which the model wants in front."""
RATE = np.array(8000, dtype=np.int64)
START = 0.5
STOP = 0.35
"""Speech begins above the one probability and goes on above the other."""

Samples = npt.NDArray[np.float32]


class SileroVad:
    """The model, loaded once; `core.ports.VoiceActivity`."""

    def __init__(self, model: Path, *, start_ms: int = 120, pause_ms: int = 250) -> None:
        """Speech is reported after `start_ms` of it (shorter sounds are ignored), a pause after `pause_ms`."""
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._start_ms = start_ms
        self._pause_ms = pause_ms

    def open(self, emit: Emit) -> SileroStream:
        return SileroStream(self, SpeechGate(emit, start_ms=self._start_ms, pause_ms=self._pause_ms))

    def judge(self, samples: Samples, state: Samples) -> tuple[float, Samples]:
        """(speech probability, next state) of one window with its context; takes about 0.1 ms."""
        probability, state = self._session.run(None, {"input": samples[None], "state": state, "sr": RATE})
        return float(probability[0, 0]), state


class SileroStream:
    """One call's voice activity: cuts the audio into windows and keeps the model's memory of it."""

    def __init__(self, vad: SileroVad, gate: SpeechGate) -> None:
        self._vad = vad
        self._gate = gate
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._context = np.zeros(CONTEXT, dtype=np.float32)
        self._rest = b""

    def feed(self, mulaw: bytes) -> None:
        """The next samples; judged a window at a time."""
        self._rest += mulaw
        while len(self._rest) >= WINDOW:
            window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
            samples = np.frombuffer(decode(window), dtype="<i2").astype(np.float32) / np.float32(32768)
            probability, self._state = self._vad.judge(np.concatenate([self._context, samples]), self._state)
            self._context = samples[-CONTEXT:]
            self._gate.hear(probability)


class SpeechGate:
    """Turns the probabilities of successive windows into `SpeechStarted` and `SpeechPaused`, strictly in turn."""

    def __init__(self, emit: Emit, *, start_ms: int, pause_ms: int) -> None:
        self._emit = emit
        self._start_ms = start_ms
        self._pause_ms = pause_ms
        self._position = 0  # samples judged
        self._voiced_from: int | None = None  # start of the present run of speech, or of what may become one
        self._last_voiced = 0
        self._speaking = False

    def hear(self, probability: float) -> None:
        """The next window is speech with this probability."""
        start, end = self._position, self._position + WINDOW
        self._position = end
        if probability >= (STOP if self._speaking else START):
            self._last_voiced = end
            if self._voiced_from is None:
                self._voiced_from = start
            if not self._speaking and ms_of(end - self._voiced_from) >= self._start_ms:
                self._speaking = True
                self._emit(SpeechStarted(ms_of(self._voiced_from)))
        elif self._speaking:
            if ms_of(end - self._last_voiced) >= self._pause_ms:
                self._speaking = False
                self._voiced_from = None
                self._emit(SpeechPaused(ms_of(self._last_voiced)))
        elif end - self._last_voiced > WINDOW:
            self._voiced_from = None  # one unvoiced window is forgiven, two end what was no speech

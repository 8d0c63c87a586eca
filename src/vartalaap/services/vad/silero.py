"""Voice activity by Silero's model at 8 kHz: one session, and one run of it for the windows of all calls.

A window alone takes 0.15 ms, in a batch of fifty 0.04: the windows of a few milliseconds are judged together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from ...core.audio import bytes_of, decode, ms_of
from ...core.events import SpeechGoesOn, SpeechPaused, SpeechStarted
from ...core.ports import Emit
from .echo import Echo

WINDOW = 256
"""Samples judged at a time: 32 ms."""
CONTEXT = 32
"""Samples of the window before, which the model wants in front."""
RATE = np.array(8000, dtype=np.int64)
MU_LAW = np.frombuffer(decode(bytes(range(256))), dtype="<i2").astype(np.float32) / np.float32(32768)
QUIET = bytes(code for code in range(256) if abs(MU_LAW[code]) <= np.float32(0.002))
"""Nobody speaks in a window of nothing else, 54 dB below full scale: the model need not be asked."""
BATCH_SECONDS = 0.012
"""How long a window waits for those of other calls, when there are some."""
FEW_CALLS = 2
START = 0.5
STOP = 0.35
"""Speech begins above the one probability and goes on above the other."""

Samples = npt.NDArray[np.float32]


class SileroVad:
    """The model, loaded once, with the memories of all calls in one array; `core.ports.VoiceActivity`."""

    def __init__(self, model: Path, *, start_ms: int = 120, over_bot_ms: int = 240, pause_ms: int = 250) -> None:
        """Speech is reported after `start_ms` of it (shorter sounds are ignored), a pause after `pause_ms`.

        While the bot can be heard it takes `over_bot_ms`, enough to tell a caller from an echo.
        """
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._gate_ms = (start_ms, over_bot_ms, pause_ms)
        self._states = np.zeros((2, 0, 128), dtype=np.float32)
        self._contexts = np.zeros((0, CONTEXT), dtype=np.float32)
        self._free: list[int] = []
        self._waiting: list[SileroStream] = []
        self._timer: asyncio.TimerHandle | None = None

    def open(self, emit: Emit) -> SileroStream:
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._states[:, slot] = 0
        self._contexts[slot] = 0
        start_ms, over_bot_ms, pause_ms = self._gate_ms
        echo = Echo()
        gate = SpeechGate(emit, start_ms=start_ms, over_bot_ms=over_bot_ms, pause_ms=pause_ms, echo=echo)
        return SileroStream(self, slot, gate, echo)

    def _grow(self) -> None:
        size = len(self._contexts)
        more = max(8, size)
        self._states = np.concatenate([self._states, np.zeros((2, more, 128), dtype=np.float32)], axis=1)
        self._contexts = np.concatenate([self._contexts, np.zeros((more, CONTEXT), dtype=np.float32)])
        self._free.extend(range(size, size + more))

    def free(self, slot: int) -> None:
        """The call that had this place is over."""
        self._free.append(slot)

    def wait(self, stream: SileroStream) -> None:
        """This stream has a window to be judged soon."""
        self._waiting.append(stream)
        if self._timer is None:
            calls = len(self._contexts) - len(self._free)
            seconds = 0 if calls <= FEW_CALLS else BATCH_SECONDS
            self._timer = asyncio.get_running_loop().call_later(seconds, self.judge)

    def judge(self) -> None:
        """Judge every window that waits, those of different calls together."""
        if self._timer:
            self._timer.cancel()
        self._timer = None
        while batch := [stream for stream in self._waiting if not stream.closed]:
            windows = [stream.next_window() for stream in batch]
            probabilities = np.zeros(len(batch), dtype=np.float32)
            audible = [place for place, window in enumerate(windows) if window.translate(None, QUIET)]
            if audible:
                slots = np.array([batch[place].slot for place in audible])
                probabilities[audible] = self._run(slots, b"".join([windows[place] for place in audible]))
            self._waiting = [stream for stream in batch if stream.has_window]
            _report(zip(batch, probabilities.tolist(), strict=True))
        self._waiting.clear()

    def _run(self, slots: npt.NDArray[np.int64], mulaw: bytes) -> Samples:
        """The probabilities of speech in one window of each of these calls; takes about 0.05 ms a window."""
        windows = MU_LAW[np.frombuffer(mulaw, dtype=np.uint8)].reshape(len(slots), WINDOW)
        samples = np.concatenate([self._contexts[slots], windows], axis=1)
        inputs = {"input": samples, "state": self._states[:, slots], "sr": RATE}
        probabilities, self._states[:, slots] = self._session.run(None, inputs)
        self._contexts[slots] = windows[:, -CONTEXT:]
        found: Samples = probabilities[:, 0]
        return found


def _report(judged: Iterator[tuple[SileroStream, float]]) -> None:
    """Whatever becomes of one report, the others are made."""
    try:
        for stream, probability in judged:
            stream.take(probability)
    except BaseException:
        _report(judged)
        raise


class SileroStream:
    """One call's voice activity: cuts the audio into windows; the model's memory of it is kept with the others'."""

    def __init__(self, vad: SileroVad, slot: int, gate: SpeechGate, echo: Echo) -> None:
        self.slot = slot
        self.closed = False
        self._vad = vad
        self._gate = gate
        self._echo = echo
        self._rest = b""

    def feed(self, mulaw: bytes) -> None:
        """The next samples; judged a window at a time, soon."""
        waits = self.has_window
        self._rest += mulaw
        self._echo.heard(mulaw)
        if not waits and self.has_window:
            self._vad.wait(self)

    def played(self, mulaw: bytes) -> None:
        self._echo.played(mulaw)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._vad.free(self.slot)

    @property
    def has_window(self) -> bool:
        return len(self._rest) >= WINDOW

    def next_window(self) -> bytes:
        window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
        return window

    def take(self, probability: float) -> None:
        """The window that was judged is speech with this probability."""
        if not self.closed:
            self._gate.hear(probability)


class SpeechGate:
    """Turns the probabilities of successive windows into `SpeechStarted` and `SpeechPaused`, in turn.

    Between the two, each voiced window is a `SpeechGoesOn`.
    """

    def __init__(self, emit: Emit, *, start_ms: int, over_bot_ms: int, pause_ms: int, echo: Echo) -> None:
        self._emit = emit
        self._start = bytes_of(start_ms)
        self._start_over_bot = bytes_of(over_bot_ms)
        self._pause_ms = pause_ms
        self._echo = echo
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
            if self._speaking:
                self._emit(SpeechGoesOn(ms_of(end)))
            else:
                self._maybe_start(self._voiced_from, end)
        elif self._speaking:
            if ms_of(end - self._last_voiced) >= self._pause_ms:
                self._speaking = False
                self._voiced_from = None
                self._emit(SpeechPaused(ms_of(self._last_voiced)))
        elif end - self._last_voiced > WINDOW:
            self._voiced_from = None  # one unvoiced window is forgiven, two end what was no speech

    def _maybe_start(self, start: int, end: int) -> None:
        over_bot = self._echo.may_sound(end)
        if end - start < (self._start_over_bot if over_bot else self._start):
            return
        if over_bot and self._echo.explains(start, end):
            self._voiced_from = None
            return
        self._speaking = True
        self._emit(SpeechStarted(ms_of(start)))

"""A caller who speaks over the bot: by a script, or by recordings that real ears and a reading recogniser hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from tests.support.book import TEST_NOW, MemoryBook, test_business
from tests.support.call import FRAME_SECONDS, ByteVad, MemoryLog, ScriptedLine, ScriptedRecogniser, ToneVoice, loop_time
from tests.support.virtual_time import run_virtual
from vartalaap.core.audio import FRAME_BYTES, SAMPLE_RATE, SILENCE, bytes_of, decode, encode
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, Expecting
from vartalaap.core.events import AudioIn, CallEnded, ClearAudio, TextTyped, Transcript
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.ports import Emit, SpeechToText, VoiceActivity
from vartalaap.core.session import CallParts, CallSession
from vartalaap.core.turns import TurnRules
from vartalaap.dialogue.rule_brain import LocalBrain, LocalConversation
from vartalaap.services import weights
from vartalaap.services.tts.espeak import EspeakSpeech
from vartalaap.services.vad.silero import SileroVad
from vartalaap.simulator.demo import DEMO_RECORDINGS
from vartalaap.simulator.recordings import VOICED_SHARE, Recording, find_recordings, load_recordings

BRAIN = LocalBrain()
END_BYTES = 800
WISHES = {
    "hi": ("कल रात आठ बजे चार लोगों के लिए टेबल चाहिए", "अनिल", "इसी नंबर पर"),
    "en": ("A table for four tomorrow at 8 pm please", "Anil", "use this number"),
    "hinglish": ("kal raat 8 baje 4 log ke liye table chahiye", "Anil", "isi number pe"),
}
_SAID = ("wish", "when", "name", "number", "yes", "thanks")
DEMO = dict(zip(_SAID, load_recordings(find_recordings(DEMO_RECORDINGS)), strict=True))
"""A natural voice."""
Play = Callable[["Call"], Coroutine[object, object, None]]


class Call:
    """A call with a caller who can type, to come to the point, and speak, to be tested; for as long as is said."""

    rules = TurnRules()
    least_ms = 280
    """From the first sound of a voice to the bot's silence: 300 ms of speech, but for what the ears are unsure of."""

    def __init__(self) -> None:
        self.line = ScriptedLine()
        self.script: list[str] = []
        self.began: list[float] = []
        """When each voice began to be heard."""
        self.book = MemoryBook()
        caller = PhoneNumber("+919876501234")
        business = test_business()
        clock = Clock(TEST_NOW, monotonic=lambda: 0.0)
        desk = Desk(business, clock, self.book, self.book, call_id="call-1", caller=caller)
        self.context = CallContext("call-1", business, desk, clock, caller)
        self.failures: list[Exception] = []
        parts = CallParts(
            brain=BRAIN,
            ears=self.ears(),
            recogniser=self.recogniser(),
            voice=ToneVoice(),
            log=MemoryLog(),
            on_failure=lambda _, error: self.failures.append(error),
            rules=self.rules,
        )
        self.session = CallSession(self.context, self.line, parts)

    def play(self, caller: Play) -> None:
        async def main() -> None:
            running = asyncio.ensure_future(self.session.run())
            await self.line.listen_until_quiet()
            await caller(self)
            self.line.put(CallEnded("caller"))
            await running

        run_virtual(main())
        assert self.failures == []

    async def come_to_the_read_back(self, language: str) -> None:
        """A booking in hand; its read-back has just begun."""
        *wishes, last = WISHES[language]
        for words in wishes:
            self.line.put(TextTyped(words))
            await self.line.listen_until_quiet()
        self.line.sent.clear()
        self.line.put(TextTyped(last))
        await self.line.listen(0.3)

    async def over_it(self, words: str, *, after: float = 0.8, seconds: float = 0.7) -> None:
        """Say so, some seconds into the bot's speech."""
        await self.line.listen(after)
        await self.voice(words, seconds)

    async def voice(self, words: str, seconds: float) -> None:
        """The caller's voice; without words a noise."""
        self.script[:] = [words]
        self.began.append(loop_time())
        await self.line.speak(seconds)

    @property
    def stopped_after_ms(self) -> int:
        """From the first sound over the bot to the silence that it brought."""
        return round(1000 * (self.line.times(ClearAudio)[0] - self.began[0]))

    def ears(self) -> VoiceActivity:
        return ByteVad()

    def recogniser(self) -> SpeechToText:
        return ScriptedRecogniser(self.script)

    async def say(self, words: str) -> None:
        """Say so while the bot is silent, and hear the answer."""
        await self.over_it(words, after=0.3)
        await self.line.listen_until_quiet()

    @property
    def state(self) -> LocalConversation:
        talk = self.session._conversation
        assert isinstance(talk, LocalConversation)
        return talk

    @property
    def bot(self) -> list[str]:
        return [turn.text for turn in self.context.turns if turn.speaker == "bot"]

    @property
    def caller(self) -> list[str]:
        return [turn.text for turn in self.context.turns if turn.speaker == "caller"]

    @property
    def parties(self) -> list[int]:
        return [booking.party_size for booking in self.book.live()]

    @property
    def stops(self) -> int:
        return len(self.line.times(ClearAudio))


class RecordedCall(Call):
    """The same with sound: the caller's words are spoken, Silero listens, and what reached the recogniser is read."""

    def __init__(self) -> None:
        self._said: list[Recording] = []
        super().__init__()

    def ears(self) -> VoiceActivity:
        return silero()

    def recogniser(self) -> SpeechToText:
        return ReadingRecogniser(self._said)

    async def voice(self, words: str, seconds: float) -> None:
        recording = spoken(words) if words else noise(seconds)
        self._said[:] = [recording]
        for number, frame in enumerate(recording.frames):
            if number == first_voiced(recording):
                self.began.append(loop_time())
            self.line.put(AudioIn(frame))
            await asyncio.sleep(FRAME_SECONDS)


class QuickCall(RecordedCall):
    """The same where words stop the bot, with a recogniser that tells them as they are said."""

    rules = TurnRules(words_interrupt=True)
    least_ms = 60

    def recogniser(self) -> SpeechToText:
        return ReadingRecogniser(self._said, guesses=True)


class ReadingRecogniser:
    """Knows what is said: as many words of it as reached the recogniser, 100 ms after they are asked for."""

    def __init__(self, said: list[Recording], *, guesses: bool = False) -> None:
        self._said = said
        self._guesses = guesses

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> ReadingStream:
        return ReadingStream(emit, self._said, guesses=self._guesses)


class ReadingStream:
    def __init__(self, emit: Emit, said: list[Recording], *, guesses: bool) -> None:
        self._emit = emit
        self._said = said
        self._guesses = guesses
        self._guess = ""
        self._audio = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    def feed(self, mulaw: bytes) -> None:
        self._audio += mulaw
        before, self._guess = self._guess, self._text() if self._guesses else ""
        if self._guess and self._guess != before:
            self._emit(Transcript(self._guess, is_final=False))

    def _text(self) -> str:
        return next((words_heard(recording, self._audio) for recording in self._said), "")

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        final = Transcript(self._text(), is_final=True)
        self._timer = asyncio.get_running_loop().call_later(0.1, self._emit, final)

    def begin_utterance(self) -> None:
        if self._timer:
            self._timer.cancel()
        del self._audio[: -bytes_of(500)]

    async def aclose(self) -> None:
        self.begin_utterance()


def words_heard(recording: Recording, audio: bytes | bytearray) -> str:
    """Those before the last of their ends that is in the audio; each is an equal part of the voice."""
    words, voiced = recording.text.split(), _voiced(recording.frames)
    voice = b"".join(recording.frames[voiced[0] : voiced[-1] + 1])
    for number in range(len(words), 0, -1):
        ends = len(voice) * number // len(words)
        if (end := voice[max(ends - END_BYTES, 0) : ends]).strip(SILENCE) and end in audio:
            return " ".join(words[:number])
    return ""


@cache
def silero() -> SileroVad:
    return SileroVad(weights.silero_file())


@cache
def spoken(words: str) -> Recording:
    """By a natural voice where there is one, else by the built-in one, whose Hindi reads Latin words too."""
    if natural := next((one for one in DEMO.values() if one.text == words), None):
        return natural
    with ThreadPoolExecutor(1) as elsewhere:  # this thread's loop runs on virtual time
        return elsewhere.submit(asyncio.run, _speak(words)).result()


async def _speak(words: str) -> Recording:
    voice = EspeakSpeech()
    mulaw = b"".join([chunk async for chunk in voice.synthesize(words, "hi")])
    await voice.aclose()
    return _recording(words, mulaw)


@cache
def noise(seconds: float) -> Recording:
    """A vessel that falls: loud, broad, and dying away."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    bang = np.random.default_rng(3).normal(0, 9000, len(time)) * np.exp(-4 * time)
    return _recording("", encode(np.clip(bang, -32000, 32000).astype("<i2").tobytes()))


def _recording(text: str, mulaw: bytes) -> Recording:
    pieces = [mulaw[at : at + FRAME_BYTES] for at in range(0, len(mulaw), FRAME_BYTES)]
    frames = tuple(piece.ljust(FRAME_BYTES, SILENCE) for piece in pieces)
    return Recording(text, frames, _voiced(frames)[-1])


def first_voiced(recording: Recording) -> int:
    return _voiced(recording.frames)[0]


def _voiced(frames: tuple[bytes, ...]) -> list[int]:
    loud = [int(np.abs(np.frombuffer(decode(frame), dtype="<i2").astype(np.int32)).max()) for frame in frames]
    return [number for number, one in enumerate(loud) if one >= VOICED_SHARE * max(loud)]

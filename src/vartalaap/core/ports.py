"""What a call needs from the outside, in the words of the call. Vendors live behind these; bootstrap chooses them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from .context import CallContext, CallEvent, CallRecord, Expecting, Sentence, Utterance
from .events import LineCommand, LineEvent, SpeechEvent
from .language import Language

Emit = Callable[[SpeechEvent], None]
"""How ears report; called on the event loop, must not block."""


class Line(Protocol):
    """One telephone line: a carrier's audio stream, a browser, a script."""

    def events(self) -> AsyncIterator[LineEvent]:
        """What comes from the caller, until the line is gone."""
        ...

    async def send(self, command: LineCommand) -> None:
        """What the line cannot show is ignored; on a line that is gone this does nothing, for `events` ends."""
        ...

    async def close(self) -> None:
        """Hang up; `events` ends. May be called more than once."""
        ...


class VoiceActivity(Protocol):
    """Tells speech from silence."""

    def open(self, emit: Emit) -> VoiceStream: ...


class VoiceStream(Protocol):
    """One call's voice activity; emits `SpeechStarted`, `SpeechGoesOn` and `SpeechPaused`, not of our own echo."""

    def feed(self, mulaw: bytes) -> None:
        """The next samples of the caller; never blocks, and may report a little later."""
        ...

    def played(self, mulaw: bytes) -> None:
        """We send this to the caller now: it may come back."""
        ...

    def close(self) -> None:
        """The call is over: nothing more is reported."""
        ...


class SpeechToText(Protocol):
    """Turns speech into words."""

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> SpeechStream:
        """Begin a call. `hints` are words worth knowing (dishes, the business's name)."""
        ...


class SpeechStream(Protocol):
    """One call's recognition; emits `Transcript`, exactly one final for each `finish_utterance`.

    It may emit a final without being asked, `ends_turn`, when it knows itself that the caller is done.
    """

    def feed(self, mulaw: bytes) -> None:
        """The next samples; never blocks."""
        ...

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        """The caller paused: give the final transcript of everything since `begin_utterance`.

        The pause may prove to be a hesitation: then this is called again at the next pause, and the later
        transcript, which covers the whole utterance, replaces the earlier one.
        """
        ...

    def begin_utterance(self) -> None:
        """A new utterance begins about now: forget all but the last moment, drop transcripts still owed.

        Called when speech was just noticed, and when what was said has been taken.
        """
        ...

    async def aclose(self) -> None: ...


class TextToSpeech(Protocol):
    """Turns a sentence into 8 kHz mu-law."""

    def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """Chunks of any length, the first as early as possible. Raises `ProviderError`."""
        ...


class Brain(Protocol):
    """Decides what to say. It acts only through the context's desk."""

    def open(self, context: CallContext) -> Conversation: ...


class Conversation(Protocol):
    """The brain's side of one call; its methods are never run side by side."""

    def is_backchannel(self, said: Utterance) -> bool:
        """Only "hmm", "haan", "achha" while we speak: no reason to stop (R77)."""
        ...

    def is_whole(self, said: Utterance) -> bool:
        """What was asked for is all there (ten digits, a plain yes): there is nothing to wait for."""
        ...

    def prepare(self, said: Utterance | None) -> None:
        """The caller has paused after this and may be done: `reply` may follow. Changes nothing; None takes it back."""
        ...

    def hold_on(self) -> Sentence:
        """A word that keeps the caller company while others work; may be asked for during `reply`, changes nothing."""
        ...

    def greet(self) -> AsyncIterator[Sentence]: ...

    def reply(self, said: Utterance) -> AsyncIterator[Sentence]: ...

    def event(self, kind: CallEvent) -> AsyncIterator[Sentence]:
        """Something else than words has come.

        - "silence", "noise": a long silence, or a sound without words. Ask again, differently; in the end say goodbye.
        - "nobody_answered": the caller was connected to a person in vain and is back. Offer a call-back.
        - "trouble": something of ours failed. Apologise and offer a person (R86); must not fail itself.
        - "time_is_up": the call cannot go on, however it stands. Say goodbye and set `context.closing`.
        """
        ...


class CallLog(Protocol):
    """Where calls are kept."""

    async def save(self, record: CallRecord) -> None:
        """Store a finished call as its consent allows, in one transaction."""
        ...

"""What is known of a call while it runs, and the record that remains of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal

from .booking.caller_desk import Desk
from .booking.rules import Booking
from .business import Business
from .clock import Clock
from .consent import Consent
from .language import Language
from .phone import PhoneNumber

Expecting = Literal["phone", "name", "yes_no", "moment", "anything"]
"""What the last question asked for, as far as recognition and endpointing care; "moment": we were asked to wait."""

CallEvent = Literal["silence", "noise", "nobody_answered", "trouble", "time_is_up"]
"""What happened in a call instead of a turn of the caller's; `ports.Conversation.event` says what each means."""

Side = Literal["caller", "bot"]
Outcome = Literal["resolved", "fallback", "dropped", "error", "privacy_opt_out"]
Transfer = Literal["none", "agreed", "unanswered"]
"""To a person's telephone: the caller is to be connected, or has come back because nobody answered."""
Result = Literal[
    "booked", "rescheduled", "cancelled", "handoff", "whatsapp",
    "refused", "info_only", "no_booking", "no_booking_found",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for the caller: the unit of synthesis, of checkpoints and of what was heard."""

    text: str = field(repr=False)
    language: Language


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the caller said in one turn; other readings of it come best first."""

    text: str = field(repr=False)
    alternatives: tuple[str, ...] = field(default=(), repr=False)
    typed: bool = False


@dataclass(slots=True)
class TurnTimes:
    """Seconds on one monotonic clock (R21); None where the turn never came that far."""

    t0_last_audio: float | None = None
    t1_transcript: float | None = None
    t2_first_token: float | None = None
    t3_first_audio: float | None = None
    t4_first_sent: float | None = None

    def stages(self) -> Iterator[tuple[str, float]]:
        """(stage, seconds) of the stages that are known: hearing, thinking, voicing, sending."""
        times = (
            self.t0_last_audio, self.t1_transcript, self.t2_first_token, self.t3_first_audio, self.t4_first_sent
        )  # fmt: skip
        for stage, (begin, end) in zip(("hearing", "thinking", "voicing", "sending"), pairwise(times), strict=True):
            if begin is not None and end is not None:
                yield stage, max(0.0, end - begin)

    @property
    def response_ms(self) -> int | None:
        """From the caller's last speech to our first audio."""
        if self.t0_last_audio is None or self.t4_first_sent is None:
            return None
        return round((self.t4_first_sent - self.t0_last_audio) * 1000)


@dataclass(slots=True)
class TurnRecord:
    """One turn of the transcript (R80): what one side said, as far as the other heard it."""

    id: int
    speaker: Side
    at: datetime
    text: str = field(repr=False)
    language: Language
    intent: str | None = None
    entities: dict[str, object] = field(default_factory=dict, repr=False)
    times: TurnTimes | None = None
    interrupted: bool = False


@dataclass
class CallContext:
    """Shared by session and brain for one call; the brain sets what the session and the log must know."""

    call_id: str
    business: Business
    desk: Desk
    clock: Clock
    caller: PhoneNumber | None = None
    channel: Literal["phone", "browser", "text"] = "phone"
    language: Language = "hi"
    consent: Consent = field(default_factory=Consent)
    can_message: bool = True
    """A WhatsApp message can be sent: only then is one promised, and only to who allows it."""
    can_transfer: bool = False
    """The line can be connected to a person's telephone."""
    transfer: Transfer = "none"
    words_kept_days: int = 90
    """How long a transcript is kept, as callers are told."""
    expecting: Expecting = "anything"
    closing: bool = False
    """The brain has said goodbye: hang up when it has been heard."""
    result: Result = "info_only"
    outcome: Outcome | None = None
    made: list[Booking] = field(default_factory=list)
    """Bookings made or moved in this call, as they are in the database."""
    cancelled: list[str] = field(default_factory=list)
    turns: list[TurnRecord] = field(default_factory=list)
    started_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = self.clock.now()

    def add_turn(self, speaker: Side, text: str, language: Language) -> TurnRecord:
        """Append to the transcript."""
        now = self.clock.now()
        turn = TurnRecord(len(self.turns) + 1, speaker, now, text, language)
        self.turns.append(turn)
        if speaker == "caller":
            self.consent = self.consent.goes_on(now, language)
        return turn

    def ended(self, otherwise: Outcome, known_turns: int = 0) -> CallRecord:
        """The record of the call, which ends now; `otherwise` is its outcome if the brain set none."""
        return CallRecord(self, self.clock.now(), self.outcome or otherwise, known_turns)

    @property
    def privacy_opt_out(self) -> bool:
        """Nothing that is said is to be kept (R55)."""
        return self.consent.objected

    @property
    def may_message(self) -> bool:
        """Can a confirmation be promised to this caller?"""
        return self.can_message and self.consent.messages_allowed

    @property
    def person_is_near(self) -> bool:
        """Can the caller be connected to a person now, who has not been tried in vain?"""
        untried = self.can_transfer and self.transfer != "unanswered"
        return untried and self.business.person_answers(self.clock.now())


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A finished call as it is to be stored; the store keeps what `context.consent` allows (R53-R55)."""

    context: CallContext
    ended_at: datetime
    outcome: Outcome
    known_turns: int = 0
    """Turns of an earlier record of the same call, which was handed over and has come back; this one replaces it."""

"""What a caller agreed to in one call, and what may therefore be written (R52-R63). Pure: each step is a new value.

    none ──goes on──► transcript ──gives a number, its purpose said──► whatsapp
      ▲                   ▲ │                                             │
      │                   └─┼────────── wants no messages ────────────────┤
      └───── objects ───────┴─────────────────────────────────────────────┘   from there nothing leads back

An objection is final for the call, and remembered for the calls after it; so is a wish for no messages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from .language import Language

ConsentType = Literal["none", "transcript", "whatsapp"]
Keeps = Literal["nothing", "that_it_was", "words"]
"""Of a call: no row at all; a row of its times and outcome; a row with transcript and entities."""

StepName = Literal["told", "went_on", "gave_number", "objected", "refused_messages"]

PURPOSES = frozenset(
    {"ask_phone", "offer_this_number", "read_back_with_purpose", "offer_whatsapp", "ask_whatsapp_number"}
)
"""The phrases that say what a number is wanted for: a message on WhatsApp."""
NOTICES = PURPOSES | {
    "greeting",
    "own_greeting",
    "transcript_notice",
    "what_is_kept",
    "nothing_is_kept",
    "not_recorded",
    "no_messages",
}
"""The phrases that a receipt names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was said about consent: by us a notice, by the caller what it changed. Never the words."""

    name: StepName
    at: datetime
    language: Language
    notice: str = ""
    """The phrase, where we said one."""
    wording: str = ""
    """A digest of the phrase's text, so that it can be shown later what it said."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Where a call stands."""

    spoke: bool = False
    objected: bool = False
    """Nothing said is to be kept: from an earlier call, or said in this one."""
    no_messages: bool = False
    number_given: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def kind(self) -> ConsentType:
        if self.objected or not self.spoke:
            return "none"
        return "whatsapp" if self.number_given and not self.no_messages else "transcript"

    @property
    def keeps(self) -> Keeps:
        """Of a caller who hung up before speaking nothing, whatever was remembered (R53)."""
        if not self.spoke:
            return "nothing"
        return "that_it_was" if self.objected else "words"

    @property
    def purpose_told(self) -> bool:
        """Was it said what the number is for (R60)?"""
        return any(step.notice in PURPOSES for step in self.steps)

    @property
    def messages_allowed(self) -> bool:
        """May a confirmation be offered?"""
        return not (self.no_messages or self.objected)

    @property
    def objected_here(self) -> bool:
        return any(step.name == "objected" for step in self.steps)

    @property
    def refused_messages_here(self) -> bool:
        return any(step.name == "refused_messages" for step in self.steps)

    def told(self, notice: str, wording: str, at: datetime, language: Language) -> Consent:
        """We said one of `NOTICES`; any other phrase says nothing of consent."""
        return self._step(Step("told", at, language, notice, wording)) if notice in NOTICES else self

    def goes_on(self, at: datetime, language: Language) -> Consent:
        """The caller spoke after the greeting (R54)."""
        return self if self.spoke else replace(self._step(Step("went_on", at, language)), spoke=True)

    def gives_number(self, at: datetime, language: Language) -> Consent:
        """For a message. No change where messages are not allowed, or nothing was said of their purpose (R60)."""
        if not (self.spoke and self.purpose_told and self.messages_allowed):
            return self
        return replace(self._step(Step("gave_number", at, language)), number_given=True)

    def objects(self, at: datetime, language: Language) -> Consent:
        """ "Do not record": what was collected before goes too (R55)."""
        return replace(self._step(Step("objected", at, language)), objected=True)

    def refuses_messages(self, at: datetime, language: Language) -> Consent:
        """ "No messages": none is offered again (R62)."""
        return replace(self._step(Step("refused_messages", at, language)), no_messages=True)

    def receipt(self) -> dict[str, object] | None:
        """What is stored beside the transcript, as JSON values; None where nothing said is kept."""
        if self.keeps != "words":
            return None
        follows = ["transcript", "entities", *(["whatsapp_message"] if self.kind == "whatsapp" else [])]
        return {"consent": self.kind, "follows": follows, "steps": [_as_json(step) for step in self.steps]}

    def _step(self, step: Step) -> Consent:
        return replace(self, steps=(*self.steps, step))


def _as_json(step: Step) -> dict[str, str]:
    said = {"notice": step.notice, "wording": step.wording} if step.notice else {}
    return {"step": step.name, "at": step.at.isoformat(timespec="seconds"), "language": step.language, **said}

"""Messages that people are owed: what they hold, who carries them, how they may fail, and how people end them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ..errors import ProviderError, ProviderRefused
from .phone import PhoneNumber

MessageKind = Literal["booking_confirmed", "booking_changed", "booking_cancelled", "follow_up", "follow_up_for_owner"]
TextLanguage = Literal["en", "hi"]
BOOKING_VALUES = ("business", "date", "time", "people", "phone")
VALUES: dict[MessageKind, tuple[str, ...]] = {
    "booking_confirmed": BOOKING_VALUES,
    "booking_changed": BOOKING_VALUES,
    "booking_cancelled": BOOKING_VALUES,
    "follow_up": ("business", "phone"),
    "follow_up_for_owner": ("business", "reason", "summary"),
}
"""What each kind says, in the order of its template's parameters."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person; `values` are named by `VALUES` and may be personal."""

    id: str
    kind: MessageKind
    to: PhoneNumber
    language: TextLanguage
    values: Mapping[str, str] = field(repr=False)


class Messenger(Protocol):
    """Carries messages. Closed with `aclose`."""

    async def send(self, message: Message) -> str:
        """The carrier's id of a message that it accepted.

        Raises `MessageRefused`, `OutcomeUnknown`, or for anything that may be tried again `NotAccepted`.
        """
        ...

    async def aclose(self) -> None: ...


class NotAccepted(ProviderError):
    """The carrier did not take it, and may take it later: not before `retry_after_s`, if it says so."""

    def __init__(self, message: str, *, code: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s


class OutcomeUnknown(ProviderError):
    """The request was made and no answer came: the carrier may have taken it."""


class MessageRefused(ProviderRefused):
    """The carrier will never take this message; `opted_out` if its receiver wants none."""

    def __init__(self, message: str, *, code: str, opted_out: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.opted_out = opted_out


_STOP = """
stop|stop it|stop all|stop messages|stop sending messages|stop messaging me|stop promotions|unsubscribe|cancel messages
opt out|optout|no more messages|do not message me|don t message me|dont message me|band karo|band kar do|band kijiye
bandh karo|band kro|roko|ruko|rok do|mat bhejo|message mat bhejo|messages mat bhejo|message band karo
रोको|रोक दो|रोकें|रोकिए|बंद करो|बंद कर दो|बंद कीजिए|बन्द करो|मत भेजो|मैसेज मत भेजो|मैसेज बंद करो|स्टॉप
थांबा|बंद करा|நிறுத்து|ఆపు|ఆపండి|ನಿಲ್ಲಿಸಿ|നിർത്തുക|বন্ধ করুন|বন্ধ করো|બંધ કરો|ਬੰਦ ਕਰੋ|بند کرو|روکو
"""
_START = """
start|restart|subscribe|unstop|chalu karo|chalu kar do|shuru karo|phir se bhejo
चालू करो|चालू कर दो|शुरू करो|स्टार्ट|फिर से भेजो|شروع کرو
"""
_POLITE = frozenset({"please", "pls", "plz", "kripya", "कृपया", "sir", "ji", "जी", "now"})


def wish_of(text: str) -> Literal["stop", "start"] | None:
    """Does somebody who wrote this want no more messages, or want them again?

    A message that is nothing else counts, in any case and with any punctuation; "do not stop at 8" does not.
    """
    words = _words(text)
    plain = " ".join(word for word in words if word not in _POLITE) or " ".join(words)
    if plain in _STOPS or "unsubscribe" in words:
        return "stop"
    return "start" if plain in _STARTS else None


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text[:400]).casefold()
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in folded if unicodedata.category(c) != "Cf")
    return "".join(kept).split()


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(" ".join(_words(phrase)) for line in listed.split("\n") for phrase in line.split("|") if phrase)


_STOPS, _STARTS = _phrases(_STOP), _phrases(_START)

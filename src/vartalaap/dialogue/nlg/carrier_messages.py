"""What the carrier's voice says for us when our own stream has broken, nobody answers, or every line is busy."""

from __future__ import annotations

from datetime import date

from ...core.business import Business
from ...core.language import Language
from ..acts import Act, PhraseKey
from .phrases import Phraser


def lost(business: Business, language: Language, *, connecting: bool) -> str:
    """The apology for a call that broke; `connecting` says that a person's telephone rings next."""
    return _words("lost_connecting" if connecting else "lost", business, language)


def busy(business: Business, language: Language, *, connecting: bool) -> str:
    """The apology for a call that is not taken, because it would spoil those that are going on.

    No call-back is promised: nothing of the caller is kept without consent.
    """
    return _words("busy_connecting" if connecting else "busy", business, language)


def nobody_there(business: Business, language: Language) -> str:
    """The end of a call that broke and for which nobody was reached."""
    return _words("nobody_there", business, language)


def _words(key: PhraseKey, business: Business, language: Language) -> str:
    return Phraser("", business).words(Act(key), language, date.min)

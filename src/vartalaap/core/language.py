"""The three ways our callers speak."""

from __future__ import annotations

from typing import Literal

Language = Literal["hi", "en", "hinglish"]
"""hi: Hindi, in Devanagari or romanised; en: English; hinglish: both mixed in one sentence."""

LANGUAGES: tuple[Language, ...] = ("hi", "en", "hinglish")

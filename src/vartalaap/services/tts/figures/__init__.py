"""Figures as words: each module knows the forms of one kind, `RULES` puts them in order."""

from __future__ import annotations

from . import codes, counts, dates, money, times
from .rule import FigureRule

AT_DIGITS: tuple[FigureRule, ...] = (*dates.RULES, *times.RULES, *money.RULES, *codes.RULES, *counts.RULES)
"""What begins with a digit, the surest form first; the last one reads everything."""
AT_LETTERS: tuple[FigureRule, ...] = (*money.AT_SIGNS, *dates.AT_LETTERS, *codes.AT_LETTERS)
AT_SIGNS: tuple[FigureRule, ...] = (
    *money.AT_SIGNS, *codes.AT_SIGNS, *codes.AT_LETTERS, *counts.AT_SIGNS,
)  # fmt: skip

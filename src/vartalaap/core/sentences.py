"""Where a text can be cut to be spoken."""

from __future__ import annotations

import re

CLAUSE = re.compile(r"(?<=[,;—–।?!])\s+|(?<=[^\W\d_]{3}\.)\s+")
"""After a comma within a number there is no space; an abbreviation is short."""
LEAST_WORDS = 3
"""In the opening, and after it: a shorter piece sounds torn off, or is said before the next one is made."""


def opening(text: str) -> list[str]:
    """The first clause, which can be spoken while the rest is made, and the rest; else the text as a whole."""
    for mark in CLAUSE.finditer(text):
        first, rest = text[: mark.start()], text[mark.end() :]
        if len(first.split()) >= LEAST_WORDS and len(rest.split()) >= LEAST_WORDS:
            return [first, rest]
    return [text]

"""The parts of an utterance, and which of them are questions: "a table by the window, and is there parking?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .lexicon import listed
from .tags import Tag
from .tokens import Speech, Token

_INVERTED = listed("inverted")
"""Words that begin a question in English."""
_ASKING: tuple[Tag, ...] = ("what", "when", "where", "why")
_ASKED_LAST = listed("asked last")
_WORDS_ENOUGH = 2


def parts_of(speech: Speech) -> Iterator[tuple[Token, ...]]:
    """The tokens between marks, "and" and "but", a question mark with its part; a lone word belongs to the next."""
    part: list[Token] = []
    for token in speech.tokens:
        if token.kind != "mark" and not token.has("and", "but"):
            part.append(token)
        elif len(part) >= _WORDS_ENOUGH:
            yield (*part, token) if token.text == "?" else tuple(part)
            part = []
    if part:
        yield tuple(part)


def clauses_of(speech: Speech) -> Iterator[tuple[str, bool]]:
    """The words of each part, and whether they ask."""
    for part in parts_of(speech):
        yield " ".join(token.text for token in part if token.kind != "mark"), _asks(part)


def _asks(part: Sequence[Token]) -> bool:
    if part[0].text in _INVERTED or part[-1].text == "?" or any(token.has(*_ASKING) for token in part):
        return True
    return part[-1].text in _ASKED_LAST

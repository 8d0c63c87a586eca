"""The parts of an utterance, and which of them are questions: "a table by the window, and is there parking?"."""

from __future__ import annotations

from collections.abc import Iterator

from .lexicon import listed
from .tags import Tag
from .tokens import Speech, Token

_INVERTED = listed("inverted")
"""Words that begin a question in English."""
_ASKING: tuple[Tag, ...] = ("what", "when", "where", "why")
_ASKED_LAST = listed("asked last")
_WORDS_ENOUGH = 2


def clauses_of(speech: Speech) -> Iterator[tuple[str, bool]]:
    """The words between marks, "and" and "but", and whether they ask; a lone word belongs to the part before it."""
    part: list[Token] = []
    for token in speech.tokens:
        breaks = token.kind == "mark" or token.has("and", "but")
        if not breaks:
            part.append(token)
        elif len(part) >= _WORDS_ENOUGH:
            yield _words(part), token.text == "?" or _asks(part)
            part = []
    if part:
        yield _words(part), _asks(part)


def _words(part: list[Token]) -> str:
    return " ".join(token.text for token in part)


def _asks(part: list[Token]) -> bool:
    if part[0].text in _INVERTED or any(token.has(*_ASKING) for token in part):
        return True
    return part[-1].text in _ASKED_LAST

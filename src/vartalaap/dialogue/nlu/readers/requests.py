"""Special requests: a cake, a high chair, an allergy. What becomes of them is decided elsewhere."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import cast

from ..text.clauses import clauses_of
from ..text.normalise import normalise
from ..text.tables import table
from ..text.tokens import Speech, listen
from ..understanding import Request


def requests_in(speech: Speech) -> frozenset[Request]:
    """The requests that an utterance speaks of."""
    known, words = _by_words(), speech.words
    said = (*words, *(f"{a} {b}" for a, b in pairwise(words)))
    return frozenset(known[part] for part in said if part in known)


def requests_told_in(speech: Speech) -> frozenset[Request]:
    """Without what is only asked about: "is there a high chair?" tells none; nor do words that ask nothing."""
    if speech.any("want"):
        return requests_in(speech)
    clauses = list(clauses_of(speech))
    if not any(asking for _, asking in clauses):
        return frozenset()
    told = (requests_in(listen(words)) for words, asking in clauses if not asking)
    return frozenset().union(*told)


@cache
def _by_words() -> dict[str, Request]:
    lines = (line.partition(": ") for line in table("requests")["request"])
    return {
        normalise(words.replace("_", " ")): cast(Request, request)
        for request, _, spellings in lines
        for words in spellings.split()
    }

"""By how many people a party grows or shrinks: "do log aur badh gaye", "two more people", "ek aadmi kam"."""

from __future__ import annotations

from collections.abc import Iterator

from ..readings import Reading
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token
from .numbers import Quantity, quantity_at

_PEOPLE: tuple[Tag, ...] = ("people", "adults", "kids", "friends", "relative")
ADDED, MORE, GROWN = listed("added"), listed("more"), listed("grown")
_FEWER, _AUR = listed("fewer"), listed("aur")
_FALLEN = listed("dropped out")


def change_readings(speech: Speech) -> Iterator[Reading[int]]:
    for i, token in enumerate(speech.tokens):
        q = quantity_at(speech, i) if token.counts else None
        if q is None or q.whole is None or speech.at(i - 1).number is not None:
            continue
        counted = speech.at(q.end).has(*_PEOPLE)
        end = q.end + counted
        if _shrinks(speech, q, end):
            yield Reading(i, end + 1, -q.whole, "party_change", "fewer")
        elif rule := _grows(speech, q, end):
            end = _end_of_growth(speech, end)
            counted = counted or speech.at(end - 1).has(*_PEOPLE)
            yield Reading(i, end, q.whole, "party_change", rule if counted else f"{rule}_bare")


def _shrinks(speech: Speech, q: Quantity, end: int) -> bool:
    following = [speech.at(end), speech.at(end + 1)]
    if any(t.text in _FALLEN for t in following) and not any(t.kind == "mark" for t in following):
        return True
    return speech.at(q.end).text in _FEWER or speech.at(end).text in _FEWER


def _grows(speech: Speech, q: Quantity, end: int) -> str | None:
    """ "more" where a word says it next to the number, "grown" where a verb does further on."""
    if _are_more(speech, q, end) or _come_besides(speech, q, end):
        return "more"
    return "grown" if _is_growth(speech, q.end) else None


def _are_more(speech: Speech, q: Quantity, end: int) -> bool:
    """ "two more", "do log aur", "ek aur aadmi"."""
    first, after, counted = speech.at(q.end), speech.at(end), end > q.end
    if first.text in MORE or (first.text in _AUR and speech.at(q.end + 1).has(*_PEOPLE)):
        return True
    closing = after.text in _AUR and speech.at(end + 1).kind in ("nothing", "mark")
    return counted and (closing or after.text in MORE or after.text in ADDED)


def _come_besides(speech: Speech, q: Quantity, end: int) -> bool:
    """ "do log aur aayenge", "add two people"."""
    following = speech.at(end + 1)
    if speech.at(end).has("and") and (following.has("come") or following.text in ADDED):
        return True
    return end > q.end and speech.at(q.start - 1).text in ADDED


def _is_growth(speech: Speech, end: int) -> bool:
    ahead = [speech.at(k) for k in range(end, end + 4)]
    return not any(t.kind == "mark" for t in ahead[:2]) and any(t.text in GROWN for t in ahead)


def _end_of_growth(speech: Speech, end: int) -> int:
    def belongs(token: Token) -> bool:
        return token.text in MORE or token.text in _AUR or token.text in GROWN or token.text in ADDED

    while belongs(speech.at(end)):
        end += 1
    return end + speech.at(end).has(*_PEOPLE)

"""Days counted from a day that is named: "the day after Holi", "Diwali se ek din pehle", "26 January ke agle din"."""

from __future__ import annotations

from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech
from .numbers import quantity_at

_FROM: tuple[Tag, ...] = ("of", "from")
_EARLIER = listed("earlier")
_LATER = listed("later")
_WALE = listed("wale")


def days_before(speech: Speech, i: int) -> tuple[int, int]:
    """Of "two days after": 2 and where the day that it counts from must begin; 0 and `i` when nothing counts there."""
    if not speech.any("day"):
        return 0, i
    start = i
    i += speech.at(i).text in ("the", "a", "on")
    count, i = _count(speech, i)
    if not speech.at(i).has("day"):
        return 0, start
    link = speech.at(i + 1).text
    i += 2 + (speech.at(i + 2).text == "the")
    if link in _LATER:
        return count, i
    return (-count, i) if link in _EARLIER else (0, start)


def days_after(speech: Speech, end: int) -> tuple[int, int]:
    """Of "ke agle din" or "se do din pehle" from token `end` on: the days to add, and where it ends; 0 without one."""
    if not speech.at(end).has(*_FROM):
        return 0, end
    i = end + 1
    if speech.at(i).has("next") and speech.at(i + 1).has("day"):
        return 1, i + 2
    count, i = _count(speech, i)
    if speech.at(i).has("day") and speech.at(i + 1).has("before", "after"):
        return (count if speech.at(i + 1).has("after") else -count), i + 2
    if speech.at(i).has("before", "after") and i == end + 1:
        j = i + 1 + (speech.at(i + 1).text in _WALE)
        if j > i + 1 and speech.at(j).has("day"):
            return (1 if speech.at(i).has("after") else -1), j + 1
    return 0, end


def _count(speech: Speech, i: int) -> tuple[int, int]:
    quantity = quantity_at(speech, i)
    if quantity and quantity.whole and 0 < quantity.whole < 100:
        return quantity.whole, quantity.end
    return 1, i

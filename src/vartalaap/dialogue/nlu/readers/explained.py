"""What numbers count besides hours, days and people: plates, rupees, floors, house numbers, ages, times, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from ..readings import Reading
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech
from .dishes import canonical_dish_word
from .numbers import Quantity, quantity_at

_MONEY_BEFORE = listed("money before")
_UNITS: tuple[tuple[str, frozenset[Tag], frozenset[str]], ...] = (
    ("money", frozenset({"price"}), frozenset()),
    ("duration", frozenset({"hour", "minute", "day", "week", "month", "fortnight", "year"}), listed("moments")),
    ("tables", frozenset({"table"}), frozenset()),
    ("floor", frozenset({"floor"}), frozenset()),
    ("times", frozenset(), listed("how often")),
    ("measure", frozenset(), listed("measures")),
    ("plates", frozenset(), listed("plates")),
    ("chair", frozenset(), listed("chairs for children")),
)
"""What follows a number that it counts."""
_NEEDED = listed("needs")
_HEADS = listed("numbered things")
_ORDERED = listed("ordered things")
_ORDERED_TAGS: tuple[Tag, ...] = ("floor", "timing", "table", "call", "seat", "party_event")
_VERBS = listed("before give")
_GIVE = listed("give")
_AUXILIARY = listed("before do")
_DONE = listed("what is done")
_MORE = listed("more") | listed("aur")
_NO_NOUN: tuple[Tag, ...] = (
    "people", "adults", "kids", "friends", "relative", "partner", "baje", "am", "pm", "num", "scale", "is", "do",
    "do_it", "and", "or", "post", "of", "for", "table", "seat", "hour", "minute", "day", "week", "month", "year",
    "date", "no", "not",
)  # fmt: skip


@lru_cache(maxsize=16)
def other_readings(speech: Speech) -> tuple[Reading[None], ...]:
    """Every number that may be none of a booking's."""
    return tuple(_readings(speech))


def _readings(speech: Speech) -> Iterator[Reading[None]]:
    for i, token in enumerate(speech.tokens):
        if token.has("ord"):
            if speech.at(i + 1).has(*_ORDERED_TAGS) or speech.at(i + 1).text in _ORDERED:
                yield _other(i, i + 2, "ordered")
        elif token.counts and (q := quantity_at(speech, i)):
            yield from (_other(*found) for reader in _READERS if (found := reader(speech, q)))


def _other(start: int, end: int, rule: str) -> Reading[None]:
    return Reading(start, end, None, "other", rule)


def _unit(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "2 plate", "500 rupaye", "do baar", "one more time", "10 minute"."""
    end = q.end + (speech.at(q.end).text in _MORE)
    unit = speech.at(end)
    for rule, tags, words in _UNITS:
        if not unit.word.tags.isdisjoint(tags) or unit.text in words:
            return q.start, end + 1, rule
    return None


def _part(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "ek log wheelchair pe hain", "a baby chair": how many of a party need something, not how many it is."""
    counted = speech.at(q.end).has("people", "kids", "adults")
    for i in range(q.end + counted, q.end + counted + 2):
        if speech.at(i).text in _NEEDED:
            return q.start, i + 1, "part"
        if speech.at(i).kind == "mark":
            break
    return None


def _money(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "Rs 500", "₹500"."""
    return (q.start - 1, q.end, "money") if speech.at(q.start - 1).text in _MONEY_BEFORE else None


def _label(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "flat 302", "sector 17", "table number 5", "gate 2"."""
    i = q.start - 1
    numbered = speech.at(i).has("number") or speech.at(i).text in listed("number of")
    i -= numbered
    return (i, q.end, "label") if speech.at(i).text in _HEADS or (numbered and speech.at(i).has("table")) else None


def _label_after(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "2 number gate"."""
    named = speech.at(q.end).has("number") and speech.at(q.end + 1).text in _HEADS
    return (q.start, q.end + 2, "label") if named else None


def _dish(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "do momos", "one more chai"."""
    end = q.end + (speech.at(q.end).text in _MORE)
    token = speech.at(end)
    return (q.start, end + 1, "dish") if token.kind == "word" and canonical_dish_word(token.text) else None


def _thing(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "2 lehenga": something that means nothing to us."""
    return (q.start, q.end + 1, "thing") if speech.at(q.end).unknown else None


def _one_of(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "one of your waiters"; not "one of us", "four of us"."""
    of = speech.at(q.end)
    if q.whole != 1 or of.text != "of" or speech.at(q.end + 1).text == "us":
        return None
    return q.start, q.end + 1, "one_of"


def _article(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "ek birthday", "one booking"."""
    noun = speech.at(q.end)
    plain = q.whole == 1 and q.end == q.start + 1 and speech.at(q.start).kind == "word"
    return (q.start, q.end, "article") if plain and noun.kind == "word" and not noun.has(*_NO_NOUN) else None


def _verb(speech: Speech, q: Quantity) -> tuple[int, int, str] | None:
    """ "kar do", "rehne do", "can we do Friday", "do it"."""
    i = q.start
    if q.end != i + 1 or speech.at(i).text not in _GIVE:
        return None
    before, after = speech.at(i - 1), speech.at(i + 1)
    told = before.has("do", "do_it", "store", "say", "change", "cancel", "leave_it", "book") and not before.number
    spoken = before.text in _VERBS or before.text in _AUXILIARY or after.text in _DONE
    return (i, i + 1, "verb") if told or spoken else None


_READERS: tuple[Callable[[Speech, Quantity], tuple[int, int, str] | None], ...] = (
    _unit, _part, _money, _label, _label_after, _dish, _thing, _one_of, _article, _verb,
)  # fmt: skip

"""How many people come: "table for four", "hum chhe log", "me and my wife", "5-6 log", "ek darjan"; every reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..readings import Reading
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token
from .numbers import Quantity, quantity_at
from .party_changes import ADDED, GROWN, MORE, change_readings

PEOPLE: tuple[Tag, ...] = ("people", "adults", "kids", "friends", "relative")
_ALL_OF_US: dict[Tag, int] = {"both": 2, "three_all": 3, "four_all": 4, "five_all": 5}
_INCLUDED, _EXCLUDED = listed("included"), listed("not counted")
_GROUPS, _MINE, _FOR, _COUPLE = listed("groups"), listed("mine"), listed("for"), listed("couple")
SELF = listed("self")
_FRIEND, _PARENTS, _ONLY = listed("friend"), listed("parents"), listed("only")
_OBJECT_OF = listed("what is done to me")
_UP_TO, _DO, _TO_A_TOTAL = listed("between two"), listed("do"), listed("to a total")
_LARGEST = 500
_OPENING_TAGS = frozenset({*_ALL_OF_US, "alone", "dozen", "partner", "relative"})
_OPENING = _ONLY | SELF | _PARENTS | _FRIEND | _COUPLE
_AFTER_SELF: tuple[Tag, ...] = (
    "and",
    "is",
    "come",
    "we",
    "with",
    "filler",
    "both",
    "today",
    "tonight",
    "tomorrow",
    "wd",
    "post",
)
"""What may follow the last one of a party; a verb makes the pronoun the subject of something else."""


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of a party: people, a companion, the speaker, or a bare number."""

    start: int
    end: int
    count: int
    kind: str
    rule: str


@lru_cache(maxsize=16)
def party_readings(speech: Speech) -> tuple[Reading[int], ...]:
    """All of them, also those that overlap; and by how many the party changes."""
    return tuple(dict.fromkeys((*_parties(speech), *change_readings(speech))))


def _parties(speech: Speech) -> Iterator[Reading[int]]:
    for ranges in (True, False):
        terms = list(_terms(speech, ranges=ranges))
        yield from _sums(speech, [term for term in terms if term.kind != "bare"])
        yield from _sums(speech, terms)
        for term in terms:
            if term.kind not in ("companion", "self"):
                yield Reading(term.start, term.end, term.count, "party", term.rule)
    yield from _homophones(speech)


def _terms(speech: Speech, *, ranges: bool) -> Iterator[_Term]:
    """From left to right, each where the one before ends; `ranges` takes "5-6 log" as one of them."""
    i = 0
    while i < len(speech.tokens):
        term = (_counted(speech, i, ranges=ranges) or _told(speech, i)) if _may_open(speech.tokens[i]) else None
        if term and not _celebrated(speech, term):
            yield term
        i = term.end if term else i + 1


def _may_open(token: Token) -> bool:
    """May a party begin with it? Most words cannot."""
    return token.counts or not token.word.tags.isdisjoint(_OPENING_TAGS) or token.text in _OPENING


def _celebrated(speech: Speech, term: _Term) -> bool:
    """ "ek dost ka birthday hai": whose day it is, not how many come."""
    return term.count == 1 and speech.at(term.end).has("of") and speech.any("party_event")


# With a number ------------------------------------------------------------------------------------------
def _counted(speech: Speech, i: int, *, ranges: bool) -> _Term | None:
    """A number, by what says that it counts people; `bare` if nothing does."""
    q = _headcount(speech, i)
    if q is None:
        return None
    upper = _upper(speech, q) if ranges else q
    end = upper.end + (speech.at(upper.end).text == "-")
    count = int(upper.value)
    if speech.at(end).has("dozen"):
        count, end = count * 12, end + 1
    if speech.at(end).text in _COUPLE:
        return _Term(i, end + 1, 2 * count, "people", "people")
    if speech.at(end).has(*PEOPLE):
        return _people(speech, i, end, count)
    extra, seats = _seats(speech, end, count)
    rule = _announced(speech, i) or seats or ("grows_to" if _grows_to(speech, i, end) else "")
    return _Term(i, end + extra, count, "people" if rule else "bare", rule or "bare")


def _headcount(speech: Speech, i: int) -> Quantity | None:
    """A number that people can be counted by: whole, and no "28th"."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 0 < q.whole <= _LARGEST or q.fraction:
        return None
    return None if speech.at(i).kind == "digits" and speech.at(i).has("ord") else q


def _seats(speech: Speech, end: int, count: int) -> tuple[int, str]:
    """How many tokens after the number say how many it is a table for, and the rule."""
    unit, following = speech.at(end), speech.at(end + 1)
    if unit.has("of") and following.has("for", "table", "seat"):
        return 2, "seats"
    if unit.text == "of" and following.text == "us":
        return 2, "of_us"
    if unit.has("seat"):
        return 1, "seats"
    return (1, "table") if unit.has("table") and count > 1 else (0, "")


def _grows_to(speech: Speech, i: int, end: int) -> bool:
    """ "chhe kar dijiye", "make it six", after somebody more was announced."""
    said = speech.tokens[:i]
    if not any(t.text in MORE or t.text in GROWN or t.text in ADDED or t.has("come") for t in said):
        return False
    return speech.at(end).text in _DO or speech.at(end).has("do_it") or speech.at(i - 1).text in _TO_A_TOTAL


def _people(speech: Speech, start: int, end: int, count: int) -> _Term:
    """A count of the people named at `end`."""
    if _beside_me(speech, start, end):
        return _Term(start, end + 1, count + 1, "people", "people")
    kind = next(k for k in PEOPLE if speech.at(end).has(k))
    if kind == "adults" and speech.at(end + 1).has("people", "kids"):
        end += 1
    return _Term(start, end + 1, count, kind, "people")


def _beside_me(speech: Speech, start: int, end: int) -> bool:
    """ "mere saath teen log", "three people with me": the speaker comes on top."""
    with_me = speech.at(end + 1).text == "with" and speech.at(end + 2).text == "me"
    return with_me or (
        speech.at(start - 2).text in _MINE and speech.at(start - 1).has("with") and speech.at(start - 1).number != 1
    )


def _announced(speech: Speech, i: int) -> str | None:
    """ "table for 4", "family of five", "hum chaar", "we are six", "hum log teen", "there will be seven"."""
    before, second = speech.at(i - 1), speech.at(i - 2)
    if before.text in _FOR:
        return "table_for" if second.has("table", "book", "seat") else "for"
    if before.text == "of" and (second.text in _GROUPS or second.has("family", "people", "book", "table", "friends")):
        return "group"
    return "we" if _of_ours(speech, i) else None


def _of_ours(speech: Speech, i: int) -> bool:
    before, second = speech.at(i - 1), speech.at(i - 2)
    if before.has("we") or (before.has("people") and second.has("we")):
        return True
    if before.has("people", "is") and speech.at(i - 1 - before.has("is")).text in ("there", "we", "hum"):
        return True
    if before.has("is") and second.has("we", "family"):
        return True
    return before.text == "be" and speech.at(i - 3).text in ("we", "there")


def _upper(speech: Speech, q: Quantity) -> Quantity:
    """The upper end of "5-6 log", "do teen log", "5 ya 6 log": a table must seat them all."""
    between = speech.at(q.end)
    j = q.end + (between.text in _UP_TO or between.has("or", "from"))
    second = quantity_at(speech, j)
    if second is None or not second.whole or q.whole is None or not q.whole < second.whole <= q.whole + 5:
        return q
    if j > q.end:
        return second
    following = second.whole == q.whole + 1 and not speech.at(second.end).has("baje")
    return second if following else q


# Without a number ------------------------------------------------------------------------------------------
def _told(speech: Speech, i: int) -> _Term | None:
    return (
        _self_alone(speech, i) or _together(speech, i) or _dozen(speech, i) or _self(speech, i) or _companion(speech, i)
    )


def _self_alone(speech: Speech, i: int) -> _Term | None:
    """ "alone", "just me"."""
    token = speech.at(i)
    if token.has("alone"):
        return _Term(i, i + 1, 1, "people", "alone")
    if token.text in _ONLY and speech.at(i + 1).text in SELF:
        kind = "self" if _with_someone(speech, i + 1) else "people"
        return _Term(i, i + 2, 1, kind, "alone")
    return None


def _together(speech: Speech, i: int) -> _Term | None:
    """ "a couple", "hum dono", "the four of us"."""
    token = speech.at(i)
    if token.text == "couple":
        plain = speech.at(i + 1).text != "of" or speech.at(i + 2).has("people")
        return _Term(i, i + 1, 2, "people", "couple") if plain else None
    all_of = next((n for tag, n in _ALL_OF_US.items() if token.has(tag)), None)
    return _Term(i, i + 1, all_of, "people", "all_of") if all_of and speech.any("we") else None


def _dozen(speech: Speech, i: int) -> _Term | None:
    """ "half a dozen of us", "a dozen people"."""
    token = speech.at(i)
    if token.word.fraction == "aadha":
        dozen = i + 1 + (speech.at(i + 1).text in ("a", "an"))
        counted = speech.at(dozen + 1).has(*PEOPLE) or speech.at(dozen + 1).text == "of"
        return _Term(i, dozen + 1, 6, "people", "dozen") if speech.at(dozen).has("dozen") and counted else None
    if token.has("dozen") and speech.at(i + 1).has(*PEOPLE):
        return _Term(i, i + 1, 12, "people", "dozen")
    return None


def _self(speech: Speech, i: int) -> _Term | None:
    """The speaker, as one of those who come: "main aur meri wife", "do dost aur main"."""
    if speech.at(i).text not in SELF or _is_object(speech, i):
        return None
    following = speech.at(i + 1)
    first = following.has("and") or following.text == "," or _with_someone(speech, i)
    last = speech.at(i - 1).has("and") and (following.kind in ("mark", "nothing") or following.has(*_AFTER_SELF))
    return _Term(i, i + 1, 1, "self", "self") if first or last else None


def _is_object(speech: Speech, i: int) -> bool:
    """ "help me with a table", "call me, we are four"."""
    before = speech.at(i - 1)
    return before.text in _OBJECT_OF or (before.text in _FOR and speech.at(i + 1).text == ",")


def _companion(speech: Speech, i: int) -> _Term | None:
    """ "my wife", "meri beti", "parents"; not "meri beti ka birthday"."""
    token, before = speech.at(i), speech.at(i - 1)
    if token.text in _PARENTS:
        return _Term(i, i + 1, 2, "companion", "companion")
    if token.text in _FRIEND and (before.has("i") or before.number == 1):
        return _Term(i, i + 1, 1, "companion", "companion")
    if speech.at(i + 1).has("of") and any(speech.at(k).has("party_event") for k in (i + 2, i + 3)):
        return None
    alone = token.has("partner", "relative") and not before.number
    return _Term(i, i + 1, 1, "companion", "companion") if alone else None


def _with_someone(speech: Speech, i: int) -> bool:
    """ "main apni wife ke saath": a companion within the next few words."""
    ahead = [speech.at(k) for k in range(i + 1, i + 5)]
    return any(t.has("partner", "friends", "relative") for t in ahead) and (
        any(speech.at(k).has("with", "and") for k in range(i + 1, i + 7)) or speech.at(i - 1).has("and")
    )


# Added up ------------------------------------------------------------------------------------------
def _sums(speech: Speech, terms: Sequence[_Term]) -> Iterator[Reading[int]]:
    """Terms that belong together are added: "main, meri wife aur do bachche" is one party of four."""
    if total := next((t for t in terms if t.kind == "people" and speech.at(t.start - 1).text in _INCLUDED), None):
        yield Reading(total.start, total.end, total.count, "party", "total")
    groups: list[list[_Term]] = []
    for term in terms:
        if groups and _joined(speech, groups[-1][-1], term):
            groups[-1].append(term)
        else:
            groups.append([term])
    for group in groups:
        kinds = {t.kind for t in group}
        if len(group) > 1 and not (kinds <= {"companion"} or kinds == {"self"}):
            yield Reading(group[0].start, group[-1].end, _added(speech, group), "party", "sum")


def _added(speech: Speech, group: Sequence[_Term]) -> int:
    counts = [t.count for t in group]
    first = group[0]
    added = any(speech.at(k).has("and") for k in range(first.end, group[1].start))
    whole = first.kind == "people" and not added and first.count == sum(counts[1:])
    said = [speech.at(k).text for k in range(first.start - 3, group[-1].end + 2)]
    included = any(text in _INCLUDED or text in _EXCLUDED for text in said)
    return max(counts) if whole or included else sum(counts)


def _joined(speech: Speech, left: _Term, right: _Term) -> bool:
    between = [speech.at(k) for k in range(left.end, right.start)]
    added = any(t.has("and") for t in between)
    if any(t.has("no", "not", "sorry", "actually", "change", "or") or t.text in (".", "?", "!") for t in between):
        return False
    if left.kind == right.kind == "people" and not added:
        return False
    if "self" in (left.kind, right.kind) and {"for", "table_for", "bare"} & {left.rule, right.rule}:
        return added and len(between) == 1  # "me plus three"; not "book one for me and a table for eight"
    if "bare" in (left.kind, right.kind):
        return added and len(between) <= 2
    return len(between) <= 5


def _homophones(speech: Speech) -> Iterator[Reading[int]]:
    """ "for people", "table for to": a number word that recognition wrote as another word."""
    for i, token in enumerate(speech.tokens):
        if token.word.homophone is not None:
            beside = speech.at(i + 1).has(*PEOPLE) or speech.at(i - 1).text in _FOR or len(speech.words) == 1
            rule = "homophone" if beside else "homophone_alone"
            yield Reading(i, i + 1, token.word.homophone, "party", rule)

"""How many people: "hum chaar", "main aur meri wife", "family of five", "2 bade aur 2 bachche", "do teen log"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from ..text.corrections import Settled, Span, settle
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token, listen
from ..understanding import Slot
from .dates import days_in
from .numbers import quantity_at
from .times import times_in

_PEOPLE: tuple[Tag, ...] = ("people", "adults", "kids", "friends", "relative")
_NOT_PEOPLE: tuple[Tag, ...] = (
    "hour",
    "minute",
    "day",
    "week",
    "month",
    "date",
    "price",
    "baje",
    "am",
    "pm",
    "mo",
    "scale",
    "year",
    "number",
    "bajkar",
)
_ALL_OF_US: dict[Tag, int] = {"both": 2, "three_all": 3, "four_all": 4, "five_all": 5}
_INCLUDED = listed("included")
_GROUPS = listed("groups")
_MINE = listed("mine")
_SELF = listed("self")
_ADDED = listed("added")
_FRIEND = listed("friend")
_PARENTS = listed("parents")
_ONLY = listed("only")
_MORE = listed("more")
_FEWER = listed("fewer")
_AUR = listed("aur")
GROWN = listed("grown")
_NEEDS = listed("needs")
_COUPLE = listed("couple")
_FOR = listed("for")
_DO = listed("do")
_LARGEST = 500
_OPENING_TAGS = frozenset({*_ALL_OF_US, "alone", "dozen", "partner", "relative"})
_OPENING = _ONLY | _SELF | _PARENTS | _FRIEND | {"couple"}


@dataclass(frozen=True, slots=True)
class _Term:
    start: int
    end: int
    count: int
    kind: str


def read_party(text: str, expecting: Slot | None = "party_size") -> int | None:
    """The number of people an utterance names; None without one. A bare number counts when it was asked for."""
    speech = listen(text)
    days = days_in(speech, date(2001, 1, 1), wanted=False)
    times = times_in(speech, wanted=False)
    used = frozenset(i for d in days for i in d.tokens) | frozenset(i for t in times for i in t.tokens)
    settled = party_in(speech, expecting=expecting, used=used)
    return settled.span.value if settled.span else None


def party_in(speech: Speech, *, expecting: Slot | None, used: frozenset[int] = frozenset()) -> Settled[int]:
    """Like `read_party`, on tokens of which `used` say something else; an empty result if none is named."""
    terms = _terms(speech, used, wanted=expecting == "party_size")
    spans = _sums(speech, terms)
    if not spans and (expecting == "party_size" or speech.any("table")):
        spans = _homophone(speech)
    return settle(speech, spans)


def _terms(speech: Speech, used: frozenset[int], *, wanted: bool) -> list[_Term]:
    terms: list[_Term] = []
    i = 0
    while i < len(speech.tokens):
        skipped = i in used or not _may_open(speech.tokens[i])
        term = None if skipped else _counted(speech, i, used, wanted=wanted) or _told(speech, i)
        if term:
            if not (_is_part(speech, i) or _celebrated(speech, term)):
                terms.append(term)
            i = term.end
        else:
            i += 1
    return terms


def _may_open(token: Token) -> bool:
    """May a party begin with it? Most words cannot."""
    return token.counts or not token.word.tags.isdisjoint(_OPENING_TAGS) or token.text in _OPENING


def _counted(speech: Speech, i: int, used: frozenset[int], *, wanted: bool) -> _Term | None:  # noqa: PLR0911 - a grammar: one return per form
    """A number with something that says it counts people."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 0 < q.whole <= _LARGEST or not used.isdisjoint(range(i, q.end)):
        return None
    count, end = q.whole, q.end
    low, count, end = (count, *_upper(speech, count, end, used))
    end += speech.at(end).text == "-"
    unit = speech.at(end)
    if unit.has("dozen"):
        count, end, unit = count * 12, end + 1, speech.at(end + 1)
    if unit.text in _COUPLE:
        return _Term(i, end + 1, 2 * count, "people")
    if unit.has(*_PEOPLE):
        return _people(speech, i, end, count)
    announced = _announces(speech, i) or _grows_to(speech, i, end)
    if speech.at(i).weak and not wanted and speech.at(i).text not in ("do", *(("one",) if announced else ())):
        return None
    if _other_count(speech, q.end, wanted=wanted or announced):
        return None
    before = speech.at(i - 1)
    if announced:
        return _Term(i, end, count, "people")
    if (
        (unit.has("of") and speech.at(end + 1).has("for", "table", "seat"))
        or unit.has("seat")
        or (unit.has("table") and count > 1)
    ):
        return _Term(i, end + 1 + unit.has("of"), count, "people")
    if unit.text == "of" and speech.at(end + 1).text == "us":
        return _Term(i, end + 2, count, "people")
    told = unit.has("table") or before.has("number")
    if wanted and not told and not (speech.at(i).weak and len(speech.words) > 3):
        return _Term(i, end, count if low <= count else low, "bare")
    return None


def _people(speech: Speech, start: int, end: int, count: int) -> _Term:
    """A count of the people named at `end`."""
    if _beside_me(speech, start, end):
        return _Term(start, end + 1, count + 1, "people")
    kind = next(k for k in _PEOPLE if speech.at(end).has(k))
    if kind == "adults" and speech.at(end + 1).has("people", "kids"):
        end += 1
    return _Term(start, end + 1, count, kind)


def _beside_me(speech: Speech, start: int, end: int) -> bool:
    """ "mere saath teen log", "three people with me": the speaker comes on top."""
    before = (
        speech.at(start - 2).text in _MINE and speech.at(start - 1).has("with") and speech.at(start - 1).number != 1
    )
    return before or (speech.at(end + 1).text == "with" and speech.at(end + 2).text == "me")


def _celebrated(speech: Speech, term: _Term) -> bool:
    """ "ek dost ka birthday hai": whose day it is, not how many come."""
    return term.count == 1 and speech.at(term.end).has("of") and speech.any("party_event")


def party_change_in(speech: Speech) -> int:
    """How many more come than were told before, or fewer if negative; 0 if that is not said."""
    return sum(_change(speech, i) for i, token in enumerate(speech.tokens) if token.counts)


def _is_part(speech: Speech, start: int) -> bool:
    """ "ek log wheelchair pe hain", "two more people": how many of a party, or more than it, not how many it is."""
    q = quantity_at(speech, start)
    if q is None:
        return False
    another_child = speech.at(start - 1).has("and") and speech.at(q.end).has("kids")
    return (_needs_something(speech, q.end) and not another_child) or _change(speech, start) != 0


def _change(speech: Speech, start: int) -> int:
    """ "do log aur badh gaye", "two more people", "ek aadmi kam": by how many the party is to change."""
    q = quantity_at(speech, start)
    if q is None or q.whole is None or speech.at(start - 1).number is not None:
        return 0
    first = speech.at(q.end)
    after = q.end + first.has(*_PEOPLE)
    if first.text in _FEWER or (after > q.end and speech.at(after).text in _FEWER):
        return -q.whole
    following = speech.at(after + 1)
    grows = (
        first.text in _MORE
        or (after > q.end and (speech.at(after).text in _MORE or speech.at(after).text in _ADDED))
        or (first.text in _AUR and following.has(*_PEOPLE))  # "ek aur aadmi"
        or (speech.at(after).has("and") and (following.has("come") or following.text in _ADDED))
        or (speech.at(start - 1).text in _ADDED and after > q.end)
    )
    if not grows and not any(speech.at(k).kind == "mark" for k in range(q.end, q.end + 2)):
        grows = any(speech.at(k).text in GROWN for k in range(q.end, q.end + 4))
    return q.whole if grows else 0


def _needs_something(speech: Speech, end: int) -> bool:
    following = takewhile(lambda t: t.kind != "mark", (speech.at(k) for k in range(end, end + 3)))
    return any(t.text in _NEEDS for t in following)


def _grows_to(speech: Speech, i: int, end: int) -> bool:
    """ "chhe kar dijiye", "make it six", after somebody more was announced."""
    announced = any(t.text in _MORE or t.text in GROWN or t.text in _ADDED or t.has("come") for t in speech.tokens[:i])
    if not announced:
        return False
    return speech.at(end).text in _DO or speech.at(end).has("do_it") or speech.at(i - 1).text in ("it", "total")


def _upper(speech: Speech, count: int, end: int, used: frozenset[int]) -> tuple[int, int]:
    """The upper end of "5-6 log", "do teen log", "5 ya 6 log": a table must seat them all."""
    j = end + (speech.at(end).text in ("-", "to", "/") or speech.at(end).has("or", "from"))
    second = quantity_at(speech, j)
    if second and second.whole and j not in used and count < second.whole <= count + 5:
        if j > end and not (second.weak and j == end):
            return second.whole, second.end
        if second.whole == count + 1 and not speech.at(second.end).has("baje"):
            return second.whole, second.end
    return count, end


def _other_count(speech: Speech, end: int, *, wanted: bool) -> bool:
    after = speech.at(end)
    if after.has(*_NOT_PEOPLE) or quantity_at(speech, end) is not None:
        return True
    # "2 momos", "2 plate": something else is counted, unless people were asked for
    return not wanted and after.kind == "word" and after.unknown


def _announces(speech: Speech, i: int) -> bool:
    """ "table for 4", "family of five", "hum chaar", "we are six", "hum log teen"."""
    before, second = speech.at(i - 1), speech.at(i - 2)
    if before.text in _FOR or (before.text == "of" and (second.text in _GROUPS or second.has("family", "people"))):
        return True
    if before.has("we") or (before.has("people") and second.has("we")):
        return True
    if before.has("people", "is") and speech.at(i - 1 - before.has("is")).text in ("there", "we", "hum"):
        return True
    return (before.has("is") and second.has("we", "family")) or (
        before.text == "be" and speech.at(i - 3).text in ("we", "there")
    )


def _told(speech: Speech, i: int) -> _Term | None:  # noqa: PLR0911 - a grammar: one return per form
    """People named without a number."""
    token = speech.at(i)
    if token.has("alone") or (token.text in _ONLY and speech.at(i + 1).text in _SELF):
        accompanied = not token.has("alone") and _with_someone(speech, i + 1)
        return _Term(i, i + 1 + (not token.has("alone")), 1, "self" if accompanied else "people")
    if token.text == "couple":
        return _Term(i, i + 1, 2, "people") if speech.at(i + 1).text != "of" or speech.at(i + 2).has("people") else None
    if all_of := next((n for tag, n in _ALL_OF_US.items() if token.has(tag)), None):
        return _Term(i, i + 1, all_of, "people") if speech.at(i - 1).has("we") or speech.any("we") else None
    if token.word.fraction == "aadha":  # "half a dozen"
        dozen = i + 1 + (speech.at(i + 1).text in ("a", "an"))
        counted = speech.at(dozen + 1).has(*_PEOPLE) or speech.at(dozen + 1).text == "of"
        return _Term(i, dozen + 1, 6, "people") if speech.at(dozen).has("dozen") and counted else None
    if token.has("dozen"):
        return _Term(i, i + 1, 12, "people") if speech.at(i + 1).has(*_PEOPLE) else None
    if token.text in _SELF:
        joined = speech.at(i + 1)
        if joined.has("and") or joined.text == "," or speech.at(i - 1).has("and") or _with_someone(speech, i):
            return _Term(i, i + 1, 1, "self")
        return None
    if token.text in _PARENTS or (
        token.text in _FRIEND and (speech.at(i - 1).has("i") or speech.at(i - 1).number == 1)
    ):
        return _Term(i, i + 1, 2 if token.text in _PARENTS else 1, "companion")
    if speech.at(i + 1).has("of") and any(speech.at(k).has("party_event") for k in (i + 2, i + 3)):
        return None  # "meri beti ka birthday"
    if token.has("partner", "relative") and not speech.at(i - 1).number:
        return _Term(i, i + 1, 1, "companion")
    return None


def _with_someone(speech: Speech, i: int) -> bool:
    """ "main apni wife ke saath": a companion within the next few words."""
    ahead = [speech.at(k) for k in range(i + 1, i + 5)]
    return any(t.has("partner", "friends", "relative") for t in ahead) and (
        any(speech.at(k).has("with", "and") for k in range(i + 1, i + 7)) or speech.at(i - 1).has("and")
    )


def _sums(speech: Speech, terms: list[_Term]) -> list[Span[int]]:
    """Terms that belong together are added: "main, meri wife aur do bachche" is one party of four."""
    if whole_party := next((t for t in terms if t.kind == "people" and speech.at(t.start - 1).text in _INCLUDED), None):
        return [Span(whole_party.start, whole_party.end, whole_party.count)]
    groups: list[list[_Term]] = []
    for term in terms:
        if groups and _joined(speech, groups[-1][-1], term):
            groups[-1].append(term)
        else:
            groups.append([term])
    spans: list[Span[int]] = []
    for group in groups:
        kinds = {t.kind for t in group}
        if kinds <= {"companion"} or kinds == {"self"}:
            continue
        counts = [t.count for t in group]
        first = group[0]
        added = len(group) > 1 and any(speech.at(k).has("and") for k in range(first.end, group[1].start))
        whole = first.kind == "people" and len(group) > 1 and not added and first.count == sum(counts[1:])
        included = any(speech.at(k).text in _INCLUDED for k in range(first.start - 3, group[-1].end + 2))
        total = max(counts) if whole or (included and len(group) > 1) else sum(counts)
        spans.append(Span(first.start, group[-1].end, total))
    return spans


def _joined(speech: Speech, left: _Term, right: _Term) -> bool:
    between = [speech.at(k) for k in range(left.end, right.start)]
    if any(t.has("no", "not", "sorry", "actually", "change", "or") or t.text in ".?!" for t in between):
        return False
    if left.kind == right.kind == "people" and not any(t.has("and") for t in between):
        return False
    if "bare" in (left.kind, right.kind):
        return any(t.has("and") for t in between) and len(between) <= 2
    return len(between) <= 5


def _homophone(speech: Speech) -> list[Span[int]]:
    """ "for people", "table for to": a number word that recognition wrote as another word."""
    last: list[Span[int]] = []
    for i, token in enumerate(speech.tokens):
        if token.word.homophone is None:
            continue
        if speech.at(i + 1).has(*_PEOPLE) or (speech.at(i - 1).text == "for") or len(speech.words) == 1:
            last = [Span(i, i + 1, token.word.homophone)]
    return last

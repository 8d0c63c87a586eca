"""What a single word may mean, whatever its script and spelling. Built once, on first use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from ..keys import normalise, script_of, skeleton, sound
from . import attacks, calendar, english, food, names, numerals, words

_TABLES = (
    words.ANSWERS,
    words.CORRECTIONS,
    words.TALK,
    words.PEOPLE,
    words.BOOKING,
    words.QUESTIONS,
    calendar.WORDS,
    attacks.WORDS,
)
_MARKED = (
    ("wd", calendar.WEEKDAYS),
    ("mo", calendar.MONTHS),
    ("fest", calendar.FESTIVALS),
    ("fr", numerals.FRACTIONS),
    ("ord", numerals.ORDINALS),
    ("scale", numerals.SCALES),
    ("num", numerals.CARDINALS),
    ("homo", numerals.HOMOPHONES),
)
_ATTRIBUTES = {
    "num": "number",
    "scale": "number",
    "ord": "ordinal",
    "wd": "weekday",
    "mo": "month",
    "homo": "homophone",
}


@dataclass(frozen=True, slots=True)
class Word:
    """Everything one spelling may mean; the grammars decide which meaning counts."""

    tags: frozenset[str] = frozenset()
    number: int | None = None
    ordinal: int | None = None
    homophone: int | None = None
    weekday: int | None = None
    month: int | None = None
    festival: str | None = None
    fraction: str | None = None
    hindi: bool = False
    english: bool = False
    exact: bool = True
    """False when a spelling error had to be forgiven."""


UNKNOWN = Word()


def entries(table: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Lines `tag: Hindi spellings | English spellings` of a table, as (tag, Hindi, English)."""
    for line in table.strip().splitlines():
        tag, _, spellings = line.partition(": ")
        hindi, _, english_ = spellings.partition("|")
        yield tag, hindi.split(), english_.split()


class _Draft:
    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.tags: set[str] = set()

    def add(self, kind: str, tag: str) -> None:
        if kind in _ATTRIBUTES:
            self.values.setdefault(_ATTRIBUTES[kind], int(tag))
            self.tags.add(kind)
        elif kind:
            self.values.setdefault({"fest": "festival", "fr": "fraction"}[kind], tag)
            self.tags.add(kind)
        else:
            self.tags.add(tag)

    def done(self, *, exact: bool) -> Word:
        return Word(frozenset(self.tags), exact=exact, **self.values)  # type: ignore[arg-type]


class Lexicon:
    """Four tables from exact spelling down to the coarsest key, and a forgiving search after them."""

    def __init__(self) -> None:
        exact: dict[str, _Draft] = defaultdict(_Draft)
        by_key: tuple[dict[str, _Draft], ...] = (defaultdict(_Draft), defaultdict(_Draft), defaultdict(_Draft))
        for kind, table in (*_MARKED, *(("", t) for t in _TABLES)):
            for tag, hindi, english_ in entries(table):
                for language, spellings in (("hindi", hindi), ("english", english_)):
                    for spelling in map(normalise, spellings):
                        drafts = [exact[spelling]]
                        drafts += [t[k] for t, k in zip(by_key, _keys(spelling), strict=True) if k]
                        for draft in drafts:
                            draft.add(kind, tag)
                            draft.values[language] = True
        self._exact = {spelling: draft.done(exact=True) for spelling, draft in exact.items()}
        self._sound, self._fine, self._coarse = ({k: d.done(exact=False) for k, d in t.items()} for t in by_key)
        self._near: dict[str, list[str]] = defaultdict(list)
        for key in (*self._sound, *self._coarse):
            if len(key) >= 4:
                self._near[key[0]].append(key)
        self.names = {normalise(name): name for name, _ in name_entries()}
        self._known = frozenset(self.names) | ENGLISH_WORDS | HINDI_WORDS | _DISHES

    def look_up(self, word: str) -> Word:
        """The meanings of one normalised word; `UNKNOWN` if it has none here."""
        if found := self._exact.get(word):
            return found
        if word in self._known or len(word) > 24:
            return UNKNOWN
        script = script_of(word)
        if script == "urdu":
            key = skeleton(word, coarse=True)
            found = self._fine.get(skeleton(word)) or self._coarse.get(key)
            return found or self._nearest(key, self._coarse, 4)
        if script not in ("latn", "deva"):
            return UNKNOWN
        key = sound(word)
        if len(key) >= 3 and (found := self._sound.get(key)):
            return found
        return self._nearest(key, self._sound, 5)

    def exactly(self, word: str) -> Word | None:
        """The meanings of a word spelt as the tables spell it, or as they would in Urdu letters."""
        if script_of(word) == "urdu":
            return self._fine.get(skeleton(word)) if len(word) > 1 else None
        return self._exact.get(word)

    def _nearest(self, key: str, table: dict[str, Word], shortest: int) -> Word:
        """The only meaning one error away (two in long words); nothing when several meanings are as near."""
        if len(key) < shortest:
            return UNKNOWN
        allowed = 2 if len(key) >= 9 else 1
        best, found = allowed + 1, UNKNOWN
        for candidate in self._near.get(key[0], ()):
            if abs(len(candidate) - len(key)) > allowed or len(candidate) < shortest - 1 or candidate not in table:
                continue
            distance = OSA.distance(key, candidate, score_cutoff=allowed)
            if distance < best:
                best, found = distance, table[candidate]
            elif distance == best and distance <= allowed and table[candidate] != found:
                found = UNKNOWN
        return found


def _keys(spelling: str) -> tuple[str, str, str]:
    script = script_of(spelling)
    if script == "deva":
        return sound(spelling), skeleton(spelling), skeleton(spelling, coarse=True)
    if script == "urdu":
        return "", skeleton(spelling), skeleton(spelling, coarse=True)
    return sound(spelling), "", ""


def name_entries() -> Iterator[tuple[str, str]]:
    """Common names as (Latin, Devanagari)."""
    for pair in names.NAMES.strip().split("|"):
        latin, _, deva = pair.strip().partition(" ")
        yield latin, deva


ENGLISH_WORDS = frozenset(english.ENGLISH.split())
HINDI_WORDS = frozenset(english.HINDI.split())
SHARED_WORDS = frozenset(english.SHARED)
_DISHES = frozenset(normalise(line) for line in food.DISH_WORDS.replace(":", " ").split())


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The one lexicon of the process."""
    return Lexicon()

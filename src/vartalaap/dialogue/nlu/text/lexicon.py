"""What a single word may mean, whatever its script and spelling. Read once from the tables beside, on first use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .normalise import normalise, script_of, skeleton, sound
from .tables import table

_FIELDS = {
    "num": "number",
    "scale": "number",
    "ord": "ordinal",
    "homo": "homophone",
    "wd": "weekday",
    "mo": "month",
    "fest": "festival",
    "fr": "fraction",
}
"""Sections whose tag is a value, and the field of `Word` that holds it; elsewhere the tag itself is the meaning."""
_NUMERIC = ("num", "scale", "ord", "homo", "wd", "mo")
_NOT_WORDS = ("gloss",)
_LONGEST_WORD = 24
_SHORTEST_SOUND, _SHORTEST_COARSE = 5, 4
"""Lengths of the shortest keys that are forgiven an error."""


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


@lru_cache(maxsize=32)
def word_set(name: str, section: str) -> frozenset[str]:
    """All words of a section, normalised."""
    return frozenset(normalise(w) for line in table(name)[section] for w in line.split())


def listed(section: str) -> frozenset[str]:
    """The words by which the grammars know a construction."""
    return word_set("grammar", section)


def name_entries() -> Iterator[tuple[str, str]]:
    """Common names as (Latin, Devanagari)."""
    for line in table("names")["name"]:
        latin, _, deva = line.partition(" ")
        yield latin, deva


@lru_cache(maxsize=1)
def glosses() -> dict[str, str]:
    """Function words of other scripts, and the Latin form by which grammars name them."""
    pairs = (line.split(": ") for line in table("talk")["gloss"])
    return {normalise(spelling): latin for latin, spellings in pairs for spelling in spellings.split()}


def _entries() -> Iterator[tuple[str, str, bool, str]]:
    """Every spelling of the word tables as (section, tag, is it English, normalised spelling)."""
    for name in ("numerals", "calendar", "talk"):
        for section, lines in table(name).items():
            for line in lines if section not in _NOT_WORDS else ():
                tag, _, spellings = line.partition(": ")
                for english, half in enumerate(spellings.split("|")):
                    for spelling in half.split():
                        yield section, tag, bool(english), normalise(spelling)


def tags_of_tables() -> frozenset[str]:
    """Every tag that a word of the tables may have."""
    return frozenset(section if section in _FIELDS else tag for section, tag, _, _ in _entries())


class _Draft:
    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.tags: set[str] = set()

    def add(self, section: str, tag: str, *, english: bool) -> None:
        self.values["english" if english else "hindi"] = True
        if field := _FIELDS.get(section):
            self.values.setdefault(field, int(tag) if section in _NUMERIC else tag)
            self.tags.add(section)
        else:
            self.tags.add(tag)

    def done(self, *, exact: bool) -> Word:
        return Word(frozenset(self.tags), exact=exact, **self.values)  # type: ignore[arg-type]


class Lexicon:
    """Four tables from exact spelling down to the coarsest key, and a forgiving search after them."""

    def __init__(self) -> None:
        exact: dict[str, _Draft] = defaultdict(_Draft)
        by_key: tuple[dict[str, _Draft], ...] = (defaultdict(_Draft), defaultdict(_Draft), defaultdict(_Draft))
        for section, tag, english, spelling in _entries():
            exact[spelling].add(section, tag, english=english)
            for drafts, key in zip(by_key, _keys(spelling), strict=True):
                if key:
                    drafts[key].add(section, tag, english=english)
        self._exact = {spelling: draft.done(exact=True) for spelling, draft in exact.items()}
        self._sound, self._fine, self._coarse = ({k: d.done(exact=False) for k, d in t.items()} for t in by_key)
        self._near_sound, self._near_coarse = _by_initial(self._sound), _by_initial(self._coarse)
        self.names = {normalise(name).replace("'", ""): name for name, _ in name_entries()}
        """Common names by their spelling, as tokens have it."""
        self.names |= {normalise(deva): deva for _, deva in name_entries()}
        languages = word_set("languages", "english") | word_set("languages", "hindi")
        dishes = frozenset(normalise(w) for line in table("dishes")["dish"] for w in line.replace(":", " ").split())
        self._known = frozenset(self.names) | languages | dishes
        """Words that are no misspelling of any other."""

    def look_up(self, word: str) -> Word:
        """The meanings of one normalised word; `UNKNOWN` if it has none here."""
        if found := self._exact.get(word) or self._singular(word):
            return found
        script = script_of(word)
        if word in self._known or len(word) > _LONGEST_WORD or script not in ("latn", "deva", "urdu"):
            return UNKNOWN
        if script == "urdu":
            key = skeleton(word, coarse=True)
            found = self._fine.get(skeleton(word)) or self._coarse.get(key)
            return found or _nearest(key, self._coarse, self._near_coarse, _SHORTEST_COARSE)
        key = sound(word)
        if len(key) >= 3 and (found := self._sound.get(key)):
            return found
        return _nearest(key, self._sound, self._near_sound, _SHORTEST_SOUND)

    def _singular(self, word: str) -> Word | None:
        """The English noun of which the word is a plural in -s: "managers", "cheques"."""
        if len(word) <= _SHORTEST_SOUND or not word.endswith("s") or word in self._known:
            return None
        found = self._exact.get(word[:-1])
        return found if found and found.english and found.number is None else None

    def exactly(self, word: str) -> Word | None:
        """The meanings of a word spelt as the tables spell it, or as they would in Urdu letters."""
        if script_of(word) == "urdu":
            return self._fine.get(skeleton(word)) if len(word) > 1 else None
        return self._exact.get(word)


def _by_initial(words: dict[str, Word]) -> dict[str, list[str]]:
    """The keys long enough to be found by a wrong one, by their first letter."""
    near: dict[str, list[str]] = defaultdict(list)
    for key in words:
        if len(key) >= _SHORTEST_COARSE:
            near[key[0]].append(key)
    return near


def _nearest(key: str, words: dict[str, Word], near: dict[str, list[str]], shortest: int) -> Word:
    """The only meaning one error away (two in long words); nothing when several meanings are as near."""
    if len(key) < shortest:
        return UNKNOWN
    allowed = 2 if len(key) >= 9 else 1
    found = [
        (distance, words[candidate])
        for candidate, distance, _ in process.extract(
            key, near.get(key[0], ()), scorer=OSA.distance, score_cutoff=allowed, limit=None
        )
    ]
    meanings = {word for distance, word in found if distance == found[0][0]}
    return meanings.pop() if len(meanings) == 1 else UNKNOWN


def _keys(spelling: str) -> tuple[str, str, str]:
    script = script_of(spelling)
    if script == "deva":
        return sound(spelling), skeleton(spelling), skeleton(spelling, coarse=True)
    if script == "urdu":
        return "", skeleton(spelling), skeleton(spelling, coarse=True)
    return sound(spelling), "", ""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The one lexicon of the process."""
    return Lexicon()

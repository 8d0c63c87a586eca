"""Menu items by name, part of a name, synonym, misspelling or sound, in any script."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from rapidfuzz.distance import OSA

from ....core.business import Menu, MenuItem
from ..text.lexicon import listed
from ..text.normalise import normalise, script_of, skeleton, sound
from ..text.tables import table
from ..text.tokens import Speech, Token, listen
from ..understanding import Dishes

# These describe a dish but name none: "veg mein kya hai" asks about the kitchen, not for an item.
_GENERIC = listed("generic")
_INTERCHANGEABLE = {"tea": "chai", "chai": "tea"}
"""Words for the same thing, so that "butter chai" finds Butter Tea on any menu."""
_PUT = listed("put")
_AFTER_PUT = listed("after put")
_VOWELS = re.compile("[aeiouy]")
_NEVER = listed("never")
_VERBS = listed("verbs that sound like dishes")
"""The sound of "hota" is that of "hot"."""


@lru_cache(maxsize=1)
def _dish_words() -> tuple[dict[str, str], dict[str, str]]:
    """Spellings, and then keys, of the words of Indian menus, to their canonical forms."""
    exact: dict[str, str] = {}
    keys: dict[str, str] = {}
    for line in table("dishes")["dish"]:
        canonical, _, written = line.partition(": ")
        for spelling in (canonical, *map(normalise, written.split())):
            exact.setdefault(spelling, canonical)
            if script_of(spelling) == "deva":
                keys.setdefault(skeleton(spelling, coarse=True), canonical)
            if len(sound(spelling)) >= 4:
                keys.setdefault(sound(spelling), canonical)
    return exact, keys


@lru_cache(maxsize=4096)
def canonical_dish_word(word: str) -> str | None:
    """The canonical form of a normalised word of menus ("मोमोज" and "momoz" are "momos"); None if it is none."""
    exact, keys = _dish_words()
    if found := exact.get(word) or exact.get(word.removesuffix("s")):
        return found
    key = skeleton(word, coarse=True) if script_of(word) == "urdu" else sound(word)
    return keys.get(key) if len(key) >= (3 if script_of(word) == "urdu" else 4) else None


class _MenuIndex:
    """The words of one menu, and which items have them."""

    def __init__(self, menu: Menu) -> None:
        self.items: dict[str, set[int]] = defaultdict(set)
        self.names: list[list[frozenset[str]]] = []
        self.all = menu.items
        self._keys: dict[str, str] = {}
        for n, item in enumerate(menu.items):
            forms = []
            for form in (item.name, *item.aliases):
                words = [w for t in listen(form).tokens if t.kind == "word" for w in (_canonical(t.text),)]
                forms.append(frozenset(words))
                for word in words:
                    self.items[word].add(n)
                    if other := _INTERCHANGEABLE.get(word):
                        self.items[other].add(n)
            self.names.append(forms)
        for word in self.items:
            self._keys.setdefault(sound(word), word)
        self._consonants = {_VOWELS.sub("", key): word for key, word in self._keys.items() if len(key) >= 3}

    def word(self, token: Token) -> str | None:
        """The menu's word that a token is, however spelt; also a word of other menus, so that it can be refused."""
        never = token.text in _NEVER or token.text in _VERBS or token.raw.endswith("'s")  # "my mom's birthday"
        if token.kind != "word" or (never and token.text not in self.items):
            return None
        found = canonical_dish_word(token.text)
        if found or token.text in self.items:
            return found or token.text
        key = sound(token.text) if script_of(token.text) in ("latn", "deva") else sound(_latin_of_urdu(token.text))
        if len(key) >= 3 and key in self._keys and not token.word.tags:
            return self._keys[key]
        return self._by_ear(token, key) or self._misspelt(token, key)

    def _by_ear(self, token: Token, key: str) -> str | None:
        """ "लेमन": English vowels are written by ear."""
        if not token.unknown or len(key) < 3 or script_of(token.text) != "deva":
            return None
        found = self._keys.get(key) or self._consonants.get(_VOWELS.sub("", key))
        alike = "aeiou" if key[:1] in "aeiou" else key[:1] + "cqxzwfp"
        return found if found and found[0] in alike else None

    def _misspelt(self, token: Token, key: str) -> str | None:
        if len(key) < 5 or (token.word.exact and token.word.tags):
            return None
        near = [w for k, w in self._keys.items() if k[:1] == key[:1] and OSA.distance(k, key, score_cutoff=1) <= 1]
        return near[0] if len(near) == 1 else None

    def holding(self, words: frozenset[str]) -> set[int]:
        """Items that have all these words."""
        sets = [self.items.get(word, set()) for word in words]
        return set.intersection(*sets) if sets else set()

    def is_whole_name(self, words: frozenset[str]) -> bool:
        """Is it all of the name of an item: "Water", "Sweet Corn" where there is such a one?"""
        return any(words in forms for forms in self.names)

    def resolve(self, words: frozenset[str]) -> tuple[MenuItem, ...]:
        """The items that a phrase may mean; just the one whose whole name it is, if there is one."""
        exact = [n for n, forms in enumerate(self.names) if words in forms]
        return tuple(self.all[n] for n in exact or sorted(self.holding(words)))


def _latin_of_urdu(word: str) -> str:
    return skeleton(word, coarse=True).lower().replace("y", "i").replace("v", "u") if script_of(word) == "urdu" else ""


def _canonical(word: str) -> str:
    return canonical_dish_word(word) or word


@lru_cache(maxsize=16)
def _indexed(menu: Menu) -> _MenuIndex:
    return _MenuIndex(menu)


class _Latest:
    """The index of the menu that was asked for last: to find it by the menu's value takes a hash of all its items."""

    def __init__(self) -> None:
        self._held: tuple[Menu, _MenuIndex] | None = None

    def of(self, menu: Menu) -> _MenuIndex:
        held = self._held
        if held is None or held[0] is not menu:
            self._held = held = (menu, _indexed(menu))
        return held[1]


_LATEST = _Latest()


def find_dishes(text: str, menu: Menu) -> tuple[Dishes, ...]:
    """The dishes an utterance names, each with the menu's items it may mean."""
    return dishes_in(listen(text), menu)


def dishes_in(speech: Speech, menu: Menu) -> tuple[Dishes, ...]:
    """Like `find_dishes`, on tokens."""
    index = _LATEST.of(menu)
    found: list[Dishes] = []
    group: list[tuple[int, str]] = []
    parted = False
    for i, token in enumerate(speech.tokens):
        word = None if _puts(speech, i) else index.word(token)
        if word is None:
            parted |= token.kind == "mark" or token.has("and", "or") or bool(group and i - group[-1][0] > 2)
            continue
        together = frozenset(w for _, w in group) | {word}
        apart = parted or (word in index.items and bool(index.holding(together - {word})))
        if group and apart and not index.holding(together):
            found.extend(_closed(speech, index, group))
            group = []
        group.append((i, word))
        parted = False
    found.extend(_closed(speech, index, group))
    return tuple(found)


def _puts(speech: Speech, i: int) -> bool:
    """ "list mein daal do": the verb that is spelt like the lentils; "daal do plate" are lentils."""
    if speech.at(i).text not in _PUT or speech.at(i + 1).text not in _AFTER_PUT or speech.at(i - 1).number is not None:
        return False
    closing = speech.at(i + 2)
    return speech.at(i + 1).number is None or closing.kind in ("nothing", "mark") or not closing.unknown


def _closed(speech: Speech, index: _MenuIndex, group: list[tuple[int, str]]) -> list[Dishes]:
    words = frozenset(w for _, w in group)
    if not words or (words <= _GENERIC and not index.is_whole_name(words)):
        return []
    said = " ".join(speech.tokens[i].text for i, _ in group)
    items = index.resolve(words)
    if not items:  # a word the menu lacks may be a mere adjective of a dish it has
        known = frozenset(w for w in words if w in index.items)
        if known and words - known <= _GENERIC:
            items = index.resolve(known)
    return [Dishes(said, items)]

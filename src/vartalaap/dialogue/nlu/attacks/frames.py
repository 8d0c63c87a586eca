"""Attempts to turn the assistant against its owner: instructions, disguises, demands for others' data.

A small grammar over the lexicon's concepts ("to put aside", "rules", "yours"). `data/attacks.txt` has the frames,
each a few concepts that stand near each other, what speaks against it, and a weight. An utterance whose frames weigh
enough together is an attack; so is one whose words are like those of attacks (`odds.py`). A flag here changes what is
answered, never what is allowed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..readers.dishes import canonical_dish_word
from ..text.lexicon import lexicon, word_set
from ..text.normalise import normalise, spellings
from ..text.tables import table
from ..text.tokens import Speech, Token, listen
from .model import log_odds

_ENOUGH = 0.99
"""The weight of an attack: one frame of 1, or two lesser ones."""
_LIKELY = 2.7
"""Log-odds of an attack that no frame knows: so many that no harmless held-out line has them."""
_ANYWHERE = 10**6
_PHRASE = 0

_STEMS = spellings(
    "kar rakh laga likh daal dal la dila kara karwa bhar chhod कर रख लगा लिख डाल ला दिला करा करवा भर छोड"
)
"""Verbs that "do" only helps."""
_NE = spellings("ne ने نے")
_A_THING = spellings("baat baatein बात बातें بات")
_OPENERS = spellings("listen look see suno suniye dekho dekhiye सुनो सुनिए देखो देखिए")
_POSSIBLE = spellings("possible available convenient")

_LONG = 10
"""Words of an utterance that may hold another matter."""
_SHORTEST_ASIDE = 3

_LOOKALIKES = str.maketrans("аеорсухіѕԁ", "aeopcyxisd")
_SIGNS = r"\u0900-\u0903\u093a-\u094f"
_JOINED = re.compile(r"(?<=[^\W\d_])[._*|]+(?=[^\W\d_]{2})")
"""Marks that stand for the spaces between words."""
_SPACED = re.compile(rf"(?<![\w{_SIGNS}])(?:\w[ .\-_*|]+){{3,}}\w(?![\w{_SIGNS}])")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_DIGIT_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[013457@$])[a-z013457@$]{4,}\b")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]{2,}")
_RUN_TOGETHER = re.compile(
    r"(?:ignore|forget|disregard|bypass|override|reveal|show|print|tell)\w{0,12}(?:rules|instruction|prompt|policy|secret)"
)
_AS_A_NAME = re.compile(
    r"^.{0,24}?(?:\bname (?:is|as|to)|\bna+m (?:hai|mein likh\w*|me likh\w*|likh\w*)|नाम (?:है|लिखो|में लिखो)"
    r"|requests?:?|request (?:mein|me) likh\w* (?:ki)?) "
)
"""What leads a name or a note; an attack put there is still one, and "my" before it says nothing."""


@lru_cache(maxsize=4)
def _pattern(section: str) -> re.Pattern[str]:
    return re.compile("|".join(map(_plain, table("attacks")[section])))


def _plain(expression: str) -> str:
    """The expression with its Devanagari letters as `normalise` leaves them, and words of bounded length."""
    expression = expression.replace(r"\w+", r"\w{1,24}").replace(r"\S+", r"\S{1,24}")
    return _DEVANAGARI.sub(lambda m: normalise(m.group()), expression)


@dataclass(frozen=True, slots=True)
class Frame:
    """Concepts that mean an attack when they stand together; read from a line of the table."""

    weight: float
    reach: int
    """Words between two of them at most."""
    terms: tuple[int, ...]
    """Concepts, as sets of bits: one word of each; of the `chained` first, in this order."""
    chained: int
    also: tuple[int, ...]
    """One of each anywhere; flags are concepts of the whole utterance."""
    unless: int
    """What speaks against it."""

    @classmethod
    def read(cls, line: str, bits: dict[str, int]) -> Frame:
        """A frame of a line like `0.6 9: x_who > book|table + @plans ! x_own`; `bits` gets the bits it needs."""

        def concepts(term: str) -> int:
            return sum(bits.setdefault(concept, 1 << len(bits)) for concept in set(term.split("|")))

        head, _, body = line.partition(": ")
        weight, reach = head.split()
        wanted, _, unless = body.partition(" ! ")
        chain, *others = wanted.split(" + ")
        ordered = chain.split(" > ")
        terms = [*ordered, *others]
        return cls(
            float(weight),
            int(reach) or _ANYWHERE,
            tuple(concepts(term) for term in terms if "@" not in term),
            len(ordered) if len(ordered) > 1 else 0,
            tuple(concepts(term) for term in terms if "@" in term),
            concepts(unless) if unless else 0,
        )


@dataclass(frozen=True, slots=True)
class _Grammar:
    frames: tuple[tuple[int, int, Frame], ...]
    """Each after the two of its terms that the fewest utterances have; of a single term, that one twice."""
    bits: dict[str, int]
    """Of each concept that a frame names; those of flags begin with `@`."""
    tests: dict[int, list[re.Pattern[str]]]
    """The expressions of flags, signs that single words do not show, by their bits; those of attacks by themselves."""


@lru_cache(maxsize=1)
def _grammar() -> _Grammar:
    bits: dict[str, int] = {}
    frames = tuple(Frame.read(line, bits) for line in table("attacks")["frame"])
    lines = [line.partition(": ") for line in table("attacks")["flag"]]
    grouped = [(bits["@" + name], expression) for name, _, expression in lines]
    grouped += [(_PHRASE, expression) for expression in table("attacks")["phrase"]]
    tests: dict[int, list[re.Pattern[str]]] = defaultdict(list)
    for group, expression in grouped:
        tests[group].append(re.compile(_plain(expression)))
    rarest = [sorted(frame.terms + frame.also, key=int.bit_count) for frame in frames]
    listed = tuple((terms[0], terms[:2][-1], frame) for terms, frame in zip(rarest, frames, strict=True))
    return _Grammar(listed, bits, tests)


class _Scene:
    """An utterance as the frames look at it: the concepts of each word, the flags it raises."""

    def __init__(self, speech: Speech) -> None:
        self._text = speech.text
        self._grammar = _grammar()
        self._words = [self._concepts(speech, i) for i in range(len(speech.tokens))]
        self._said = 0
        for concepts in self._words:
            self._said |= concepts
        self._unknown = self._grammar.bits["dish"] | sum(flag for flag in self._grammar.tests if flag != _PHRASE)
        """Flags that may still be raised; each is looked for once, when it matters."""

    def _concepts(self, speech: Speech, i: int) -> int:
        token, bits = speech.tokens[i], self._grammar.bits
        before, after = speech.at(i - 1), speech.at(i + 1)
        # "number do" is "give the number"; "kar do" is no giving, and anywhere but at an end it is "two" or English
        gives = token.text == "do" and i > 1 and after.kind != "word" and before.text not in _STEMS
        concepts = bits["x_reveal"] if gives else 0
        if not _only_begins(i, before, token, after):
            for tag in token.word.tags:
                concepts |= bits.get(tag, 0)
        if token.number is not None and token.text != "do":
            concepts |= bits["num"]
        if token.text in lexicon().names or (token.text in word_set("names", "honorific") and _named(before, after)):
            concepts |= bits["x_name"]
        return concepts

    def is_phrase(self) -> bool:
        """Is a part of it an attack by itself?"""
        return self._matches(_PHRASE)

    def weight(self, enough: float = _ANYWHERE) -> float:
        """The sum of the frames that fit; may stop at `enough`."""
        total = 0.0
        possible = self._said | self._unknown
        for frame in [frame for one, other, frame in self._grammar.frames if one & possible and other & possible]:
            if self._said & frame.unless or not all(possible & term for term in (*frame.terms, *frame.also)):
                continue
            if self._fits(frame):
                total += frame.weight
                if total >= enough:
                    break
        return total

    def _fits(self, frame: Frame) -> bool:
        """Do words that were all said stand as the frame wants them, with its flags and nothing against it?"""
        if not (self._chained(frame) if frame.chained else self._near(frame)):
            return False
        return all(map(self._has, frame.also)) and not self._has(frame.unless)

    def _has(self, term: int) -> bool:
        """Was one of these concepts said, or one of these flags raised?"""
        if self._said & term:
            return True
        looked_for = term & self._unknown
        while looked_for:
            flag = looked_for & -looked_for
            looked_for ^= flag
            self._unknown ^= flag
            if self._names_a_dish() if flag == self._grammar.bits["dish"] else self._matches(flag):
                self._said |= flag
                return True
        return False

    def _matches(self, group: int) -> bool:
        return any(test.search(self._text) for test in self._grammar.tests.get(group, ()))

    def _names_a_dish(self) -> bool:
        return any(canonical_dish_word(word) for word in self._text.split())

    def _at(self, term: int) -> list[int]:
        return [i for i, concepts in enumerate(self._words) if concepts & term]

    def _near(self, frame: Frame) -> bool:
        """Is there a word of the first term with a word of each other one in reach, no word counted twice?"""
        if len(frame.terms) < 2:
            return all(map(self._has, frame.terms))
        first, *others = map(self._at, frame.terms)
        return any(_within(anchor, others, frame.reach) for anchor in first)

    def _chained(self, frame: Frame) -> bool:
        ends = self._at(frame.terms[0])
        for term in frame.terms[1 : frame.chained]:
            ends = [j for j in self._at(term) if any(0 < j - i <= frame.reach for i in ends)]
        return bool(ends)


def _only_begins(i: int, before: Token, token: Token, after: Token) -> bool:
    """ "Listen, ...", "ek baat batao", "if possible": words that ask for nothing."""
    opens = i == 0 and token.text in _OPENERS and after.text != "to"
    return opens or before.text in _A_THING or (token.text == "if" and after.text in _POSSIBLE)


def _named(*beside: Token) -> bool:
    """ "Sharma ji", "Mrs Sharma": is a word beside a title a name, or may it be one? "Haan ji" names nobody."""
    unlike = _NE | word_set("names", "honorific")
    return any((token.unknown and token.text not in unlike) or token.text in lexicon().names for token in beside)


def _within(anchor: int, others: list[list[int]], reach: int) -> bool:
    used = {anchor}
    for places in others:
        free = [i for i in places if i not in used and abs(i - anchor) <= reach]
        if not free:
            return False
        used.add(min(free, key=lambda i: abs(i - anchor)))
    return True


def is_attack(text: str) -> bool:
    """Does the utterance try to change the assistant's rules, pose as its owner, or get at what is not the caller's?"""
    return attack_in(listen(text))


def attack_in(speech: Speech) -> bool:
    """Like `is_attack`, on tokens."""
    return known_as_attack(speech) or log_odds(speech) > _LIKELY


def known_as_attack(speech: Speech) -> bool:
    """Does it fit a frame or a phrase of the table?"""
    return any(map(_reads_as_attack, _readings(speech)))


def _readings(speech: Speech) -> Iterator[Speech]:
    """The utterance, and what it hides: letters set apart, letters of other alphabets, digits for letters, a name.

    What is asked besides ("by the way", "and then") is read by itself as well: the polite wish before it says nothing.
    """
    yield speech
    for aside in _asides(speech.text):
        yield listen(aside)
    if (plain := _undisguised(speech.text)) != speech.text:
        yield listen(plain)
    if (name := _AS_A_NAME.match(speech.text)) and speech.text.count(" ", name.end()) >= 2:
        yield listen(speech.text[name.end() :])


def _asides(text: str) -> Iterator[str]:
    """What follows each turn to another matter, to the end; only of utterances long enough to hide one."""
    if text.count(" ") < _LONG:
        return
    for turn in _pattern("besides").finditer(text):
        if text.count(" ", turn.end()) >= _SHORTEST_ASIDE:
            yield text[turn.end() :]


def _undisguised(text: str) -> str:
    text = _SPACED.sub(lambda m: re.sub(r"[ .\-_*|]", "", m.group()), text.translate(_LOOKALIKES))
    return _DIGIT_WORD.sub(_letters, normalise(_JOINED.sub(" ", text)))


def _letters(digits: re.Match[str]) -> str:
    """The word that digits stand in for; 1 is an "l" where that makes a word."""
    as_l = digits.group().replace("1", "l").translate(_LEET)
    return as_l if lexicon().exactly(as_l) else digits.group().translate(_LEET)


def _reads_as_attack(speech: Speech) -> bool:
    scene = _Scene(speech)
    return scene.is_phrase() or _RUN_TOGETHER.search(speech.text) is not None or scene.weight(_ENOUGH) >= _ENOUGH

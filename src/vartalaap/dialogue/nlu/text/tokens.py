"""An utterance as tokens: each a word, a number, a clock time or a mark, with the meanings the lexicon knows for it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from .lexicon import UNKNOWN, Word, glosses, lexicon, listed
from .normalise import LONGEST_TEXT, normalise
from .tags import Tag

_SIGNS = "".join(c for c in map(chr, range(0x0900, 0x0E00)) if unicodedata.category(c).startswith("M"))
"""What joins the letters of the Indian scripts, Devanagari to Sinhala: vowel signs, nasals, the sign of no vowel."""
_PIECES = re.compile(
    r"(?=\d)(?:"
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|\d{1,2}/\d{1,2})(?![\d/-])"
    r"|(?P<clock>(?<![\d.])(?:[01]?\d|2[0-4])[:.][0-5]\d(?![\d]|[.:]\d))(?:[:.]00(?!\d))?"
    r"|(?P<grouped>\d{1,3}(?:,\d{2,3})+)(?!\d)"
    r"|(?P<decimal>\d{1,3}\.\d(?!\d))"
    r"|(?P<digits>\d+))"
    r"|(?P<am>a\.? ?m\b\.?|(?<!\w)(?:ए|اے)[. ]*(?:एम|ایم)(?!\w)\.?)"
    r"|(?P<pm>p\.? ?m\b\.?|(?<!\w)(?:पी|پی)[. ]*(?:एम|ایم)(?!\w)\.?)"
    r"|(?P<baje>o'? ?clock\b|ओ'? ?क्लोक|او ?کلاک)"
    rf"|(?P<word>[^\W\d_](?:[^\W\d_]|[{_SIGNS}'\u0670])*)"
    r"|(?P<mark>[,.?!;:₹$+/-])"
)
_ORDINAL_TAIL = re.compile(r"(?:(?:st|nd|rd|th)\b|वीं|वी|वां|ویں)")

_FOR_OR_FOUR = listed("for or four")
_AT_OR_EIGHT = listed("at or eight")
_FEWER_THAN_MINUTES = 10
Step = Tag | tuple[Tag, ...]
# Surfaces whose number meaning needs a witness: they are more often another word.
WEAK = listed("weak")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of an utterance; `text` is normalised, `raw` as it came."""

    text: str = field(repr=False)
    kind: str
    """word, digits, clock, date, decimal or mark."""
    raw: str = field(default="", repr=False)
    word: Word = UNKNOWN
    number: int | None = None
    minute: int | None = None
    """Of a clock token; its hour is `number`."""

    def has(self, *tags: Tag) -> bool:
        """Has its word one of these tags?"""
        return not self.word.tags.isdisjoint(tags)

    @property
    def weak(self) -> bool:
        """A number word that is believed only in company."""
        return self.text in WEAK

    @property
    def counts(self) -> bool:
        """May a quantity begin with it?"""
        word = self.word
        return (
            self.number is not None or word.fraction is not None or word.homophone is not None or self.kind == "decimal"
        )

    @property
    def unknown(self) -> bool:
        return self.kind == "word" and self.word is UNKNOWN


NOTHING = Token("", "nothing")


@cache
def _alternatives(step: Step) -> frozenset[Tag]:
    """The tags of one step: the grammars name a fixed number of them."""
    return frozenset([step] if isinstance(step, str) else step)


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """A tokenised utterance; equal to itself only, so that what was read in it can be kept by it."""

    text: str = field(repr=False)
    """Normalised."""
    tokens: tuple[Token, ...] = field(repr=False)
    tags: frozenset[str]
    """Those of all its words together."""
    words: list[str] = field(repr=False)
    """The normalised words without marks."""
    said: frozenset[str] = field(repr=False)
    """The same, each once."""

    def at(self, i: int) -> Token:
        """Token `i`, or an empty one of no kind beyond either end."""
        return self.tokens[i] if 0 <= i < len(self.tokens) else NOTHING

    def any(self, *tags: Tag) -> bool:
        """Has any word one of these tags?"""
        return not self.tags.isdisjoint(tags)

    def run(self, i: int, *steps: Step) -> bool:
        """Do the tokens from `i` have these tags, one each? A step may name several."""
        tokens = self.tokens
        if i < 0 or i + len(steps) > len(tokens):
            return False
        return all(not tokens[k].word.tags.isdisjoint(_alternatives(step)) for k, step in enumerate(steps, i))

    def anywhere(self, *steps: Step) -> bool:
        """Is there a place where `run` is true?"""
        if any(self.tags.isdisjoint(_alternatives(step)) for step in steps):
            return False
        return any(self.run(i, *steps) for i in range(len(self.tokens)))

    def unmarked(self) -> Speech:
        """The same without marks."""
        return replace(self, text=" ".join(self.words), tokens=tuple(t for t in self.tokens if t.kind != "mark"))


@lru_cache(maxsize=16)
def listen(text: str) -> Speech:
    """Tokenise, the last few texts once only; looks at the first `LONGEST_TEXT` characters, never fails."""
    whole = normalise(text)
    tokens: list[Token] = []
    # A Latin letter keeps its case in `raw` only where both texts align, which is so for ASCII.
    original = text[:LONGEST_TEXT] if text.isascii() else whole
    end_of_number = -1
    for piece in _PIECES.finditer(whole):
        if piece.start() == end_of_number and _ORDINAL_TAIL.match(whole, piece.start()):
            last = tokens[-1]
            tokens[-1] = Token(
                last.text, "digits", last.raw, Word(frozenset({"ord"}), ordinal=last.number), last.number
            )
            continue
        raw = original[piece.start() : piece.end()]
        kind = piece.lastgroup or "mark"
        tokens.extend(_words(piece.group(), raw) if kind == "word" else _token(kind, piece.group(), raw))
        end_of_number = piece.end() if kind == "digits" else -1
    _hear_at(tokens)
    words = [t.text for t in tokens if t.kind != "mark"]
    tags = frozenset().union(*(t.word.tags for t in tokens))
    return Speech(whole, tuple(tokens), tags, words, frozenset(words))


def _hear_at(tokens: list[Token]) -> None:
    """ "टुनाइट एट नाइन": before a lone hour the word for eight is "at"; in "एट थर्टी" it is eight. Likewise "for"."""
    for i, token in enumerate(tokens[:-1]):
        if _is_for(tokens, i):
            tokens[i] = Token("for", "word", token.raw, lexicon().look_up("for"))
            if tokens[i + 1].text in _FOR_OR_FOUR:
                four = lexicon().look_up("four")
                tokens[i + 1] = Token("four", "word", tokens[i + 1].raw, four, four.number)
        if token.text not in _AT_OR_EIGHT or (i and tokens[i - 1].number is not None):
            continue
        run = next((k for k, t in enumerate(tokens[i + 1 :]) if t.number is None), len(tokens) - i - 1)
        if 1 <= run <= 2 and (tokens[i + 1].number or 0) <= 12 and not tokens[i + 1].has("baje"):
            tokens[i] = Token("at", "word", token.raw, lexicon().look_up("at"))


def _is_for(tokens: list[Token], i: int) -> bool:
    """The word for four, before one that is surely a number: "टेबल फॉर टू"; in a run of digits it is four."""
    following = tokens[i + 1].number
    if tokens[i].text not in _FOR_OR_FOUR or following is None or following >= _FEWER_THAN_MINUTES:
        return False
    alone = (i == 0 or tokens[i - 1].number is None) and (i + 2 >= len(tokens) or tokens[i + 2].number is None)
    return alone and (i > 0 or tokens[i + 1].text == tokens[i].text)


def _token(kind: str, text: str, raw: str) -> tuple[Token, ...]:
    if kind == "clock":
        hour, minute = re.split("[:.]", text)[:2]
        return (Token(text, "clock", raw, number=int(hour), minute=int(minute)),)
    if kind == "grouped":
        return (Token(text, "digits", raw, number=int(text.replace(",", ""))),)
    if kind == "digits":
        return (Token(text, "digits", raw, number=int(text[:18])),)
    if kind in ("am", "pm", "baje"):
        return (Token(kind, "word", raw, Word(frozenset({kind}), english=True)),)
    return (Token(text, kind, raw),)


@lru_cache(maxsize=4096)
def _words(text: str, raw: str) -> tuple[Token, ...]:
    text = glosses().get(text) or text.replace("'", "")
    word = lexicon().look_up(text)
    if word is UNKNOWN and (parts := _split(text)):
        return parts
    return (Token(text, "word", raw, word, word.number),)


_GLUED = ("num", "baje", "people", "fr", "wd", "today", "tomorrow", "morning", "evening", "night", "noon", "for", "of")


def _split(text: str) -> tuple[Token, ...]:
    """Two words that recognition or typing has glued together ("aathbaje"); both must be exactly known."""
    if not 5 <= len(text) <= 16:
        return ()
    for at in range(2, len(text) - 1):
        first, second = lexicon().exactly(text[:at]), lexicon().exactly(text[at:])
        if first and second and second.tags & {"baje", "people", "num"} and not first.tags.isdisjoint(_GLUED):
            return tuple(Token(t, "word", t, w, w.number) for t, w in ((text[:at], first), (text[at:], second)))
    return ()

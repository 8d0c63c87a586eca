"""What a voice reads wrongly, as words: times, prices, dates, telephone numbers, numbers, abbreviations.

Engines read "8:00" as two numbers and "₹220" as a sign and a number, each in its own way; here it is decided once,
in the language around it. Nothing that is returned holds a digit, "₹" or a colon, and a second pass changes nothing.
What people read (transcripts, the chat, messages) keeps its figures: this is for voices alone.
"""

from __future__ import annotations

import re
import unicodedata

from ...core.language import Language
from .figures import AT_DIGITS, AT_LETTERS, AT_SIGNS
from .figures.rule import BEGIN, END, FigureRule, after, before, in_language

# fmt: off
_ABBREVIATIONS: dict[str, tuple[str, str]] = {
    "mr.": ("Mister", "Mister"), "mrs.": ("Missus", "Missus"), "dr.": ("Doctor", "Doctor"), "डॉ.": ("Doctor", "डॉक्टर"),
    "नं.": ("number", "नंबर"),
    "approx.": ("approximately", "लगभग"), "e.g.": ("for example", "जैसे"), "i.e.": ("that is", "यानी"),
    "etc.": ("and so on", "वगैरह"), "ext.": ("extension", "एक्सटेंशन"), "extn.": ("extension", "एक्सटेंशन"),
    "tel.": ("telephone", "फ़ोन"), "opp.": ("opposite", "सामने"), "hrs": ("hours", "घंटे"), "mins": ("minutes", "मिनट"),
    "yrs": ("years", "साल"), "&": ("and", "और"), "@": ("at", "at"), "w/o": ("without", "बिना"), "+": ("plus", "प्लस"),
    "kg": ("kilogram", "किलो"), "km": ("kilometre", "किलोमीटर"), "ml": ("millilitre", "मिलीलीटर"),
    "ft": ("feet", "फ़ुट"), "★": ("star", "स्टार"), "°": ("degrees", "डिग्री"),
}
# fmt: on
_SHORT = re.compile(
    rf"[&@+★°]|{BEGIN}(?:{'|'.join(re.escape(key) for key in _ABBREVIATIONS if key[0].isalpha())}){END}", re.IGNORECASE
)
_UNUSUAL = re.compile(r"[^ -)+-;=?-Z^a-z\u0900-\u0957\u0960-\u0965\u0970-\u097f–—₹]")
"""All but what most sentences are made of."""
_MARKUP = frozenset("*_`~|<>\\{}[]")
_SYMBOLS = frozenset("°℃№★")
"""Those that have a word; others, as emoji, are left out."""
_ALIKE = {"ı": "i", "İ": "I"}
"""What patterns that do not mind the case would take for others."""
_JOINERS = frozenset("\u200c\u200d")
_WHOLE_AND_PART = re.compile(r"(?<=\d)\s?([½¼¾])")
_PLACES = {"½": ".5", "¼": ".25", "¾": ".75"}
_HAS_FIGURES = re.compile("[0-9½¼¾]")
_BEGINS = re.compile(
    rf"\d|[₹$€£#№½¼¾]|\+(?=\s?\d)|(?<!\w)[-−](?=\d[\d.]{{0,4}}\s?[°℃])|\.(?=\d)|\((?=0\d)|{BEGIN}(?:rs|inr|रु|रू|nos?\b|h\.?\s?no|shop|house|plot|flat|room|table|"
    r"gate|counter|block|platform|ward|unit|cabin|hall|office|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    r"जन|फ|मार्च|अप्र|मई|जू|जु|अग|सित|अक|नव|दिस)",
    re.IGNORECASE,
)
"""Where a figure may begin; the rules know whether one does."""
_HINDI, _LATIN = re.compile(r"[\u0904-\u0939\u0958-\u095f]"), re.compile(r"[a-z]+", re.IGNORECASE)
_BESIDE_FIGURES = (
    "rs inr rupees rupee lakh crore am pm a p m hrs kg g gm ml l km no jan january feb february mar march apr april "
    "may jun june jul july aug august sep sept september oct october nov november dec december"
)
"""Latin words that do so in any language."""
_NEUTRAL = frozenset(_BESIDE_FIGURES.split())
_ROMAN_HINDI = re.compile(
    r"\b(?:hai|hain|ka|ki|ke|ko|mein|baje|tak|aur|nahi|nahin|wala|wale|rupay[ae]?|haan|aap|bhi|sirf)\b", re.IGNORECASE
)
_LAST_WORD = re.compile(r"([^\W\d_]+)[^\w]*$")
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN_DIGITS = re.compile(r"\d\*\d")
_OPENING = frozenset(" (\"'“‘-–—")
_DASHES = frozenset("-–—")
_LEADING_LETTER = re.compile(r"(?<=[^\W\d_])[-/]$")
_COLON = re.compile(r" ?[:\uff1a]+")
_BEFORE_MARK = re.compile(r" (?=[,.?!;।])")


def normalise(text: str, language: Language) -> str:
    """The sentence with nothing left that is not a word or a mark of punctuation. Never fails."""
    text = " ".join(_UNUSUAL.sub(_usual, text).split())
    if _HAS_FIGURES.search(text):
        text = _Figures(_WHOLE_AND_PART.sub(lambda part: _PLACES[part[1]], text), language).in_words()
    text = _tidy(_COLON.sub(", ", " ".join(text.replace("₹", " ").split())))
    return _tidy(_SHORT.sub(lambda found: _in_full(found, language), text))


def _usual(found: re.Match[str]) -> str:
    """Digits of any script are ASCII's; marks of lists and of emphasis are a space, emoji and format marks nothing."""
    letter = found[0]
    if letter in _MARKUP:
        between_digits = letter == "*" and _BETWEEN_DIGITS.match(found.string, max(0, found.start() - 1))
        return "x" if between_digits else " "
    if letter in _SYMBOLS or letter in _PLACES:
        return letter
    category = unicodedata.category(letter)
    plain = _ALIKE.get(letter) or unicodedata.normalize("NFKC", letter)
    if category in ("Nd", "No"):
        digit = unicodedata.digit(letter, None)
        plain = plain if digit is None else str(digit)
        return plain if category == "Nd" else f" {plain} "
    if category in ("So", "Cc"):
        return " "
    if (category in ("Cf", "Me") or letter == "\ufe0f") and letter not in _JOINERS:
        plain = ""
    return letter if plain == letter else _UNUSUAL.sub(_usual, plain)


def _tidy(text: str) -> str:
    return _BEFORE_MARK.sub("", " ".join(text.split()))


def _in_full(found: re.Match[str], language: Language) -> str:
    """An abbreviation; among Latin words it is English in any sentence."""
    key = found[0].lower()
    beside = [_LETTER.search(before(found)[::-1]), _LETTER.search(after(found))]
    is_latin = all(letter is None or letter[0].isascii() for letter in beside) and any(beside)
    words = _ABBREVIATIONS[key][language != "en" and not is_latin]
    return words if key[0].isalpha() else f" {words} "


class _Figures:
    """One sentence, read from left to right: where a figure may begin, the first rule that knows it reads it."""

    def __init__(self, text: str, language: Language) -> None:
        self._text = text
        self._own: Language = language
        self._around = _language_of(text, language)

    def in_words(self) -> str:
        text, last = self._text, None
        parts: list[str] = []
        done = looked = 0
        while begin := _BEGINS.search(text, looked):
            read = self._read(begin.start())
            if read is None:
                looked = begin.end()
                continue
            one, words, done_next = read
            parts += _apart(self._between(text[done : begin.start()], last, one), words)
            done = looked = done_next
            last = one
        return "".join((*parts, *_apart(self._after(text[done:], last), "")))

    def _read(self, at: int) -> tuple[FigureRule, str, int] | None:
        first = self._text[at]
        rules = AT_DIGITS if first.isdigit() else AT_LETTERS if first.isalpha() else AT_SIGNS
        for one in rules:
            found = one.pattern.match(self._text, at)
            if found and (words := one.read(found, self._language(one, found))):
                return one, words, found.end()
        return None

    def _language(self, one: FigureRule, found: re.Match[str]) -> Language:
        if self._around == "en":
            hindi: Language = "hi" if self._own == "en" else self._own
            return hindi if _HINDI.search(found[0]) else "en"
        if one.is_name:
            word, attached = _LAST_WORD.search(before(found)), after(found)[:1]
            if (word and word[1].isascii() and word[1][0].isupper()) or (attached.isascii() and attached.isalpha()):
                return "en"
        return self._around

    def _between(self, gap: str, last: FigureRule | None, following: FigureRule) -> str:
        """What stands between two figures, or before the first."""
        alike = last is not None and last.kind is not None and last.kind == following.kind
        if last and gap.strip() in _DASHES:
            return f" {in_language(self._around, 'to', 'से')} " if alike else ", "
        if last and gap.strip() == "/" and (alike or last.kind != "money"):
            return f" {in_language(self._around, 'or', 'या')} " if alike else ", "
        return _LEADING_LETTER.sub(" ", self._after(gap, last))

    def _after(self, gap: str, last: FigureRule | None) -> str:
        """ "₹500/plate" and "12/A"."""
        if last is None or not gap.lstrip().startswith("/"):
            return gap
        per = in_language(self._around, "per", "प्रति") if last.kind in ("money", "measure") else ""
        return f" {per} {gap.lstrip()[1:]}"


def _apart(gap: str, words: str) -> tuple[str, str]:
    """A gap and the words after it, with spaces where letters would touch."""
    begin = " " if gap[:1].isalnum() else ""
    end = "" if gap[-1:] in _OPENING else " "
    return f"{begin}{gap}{end}", words


def _language_of(text: str, language: Language) -> Language:
    """What the sentence is written in: an owner's answer may be in another language than the conversation."""
    latin = [word for word in _LATIN.findall(text) if word.lower() not in _NEUTRAL]
    hindi = _HINDI.findall(text)
    if language == "en":
        return "hi" if len(hindi) > sum(map(len, latin)) else "en"
    return "en" if latin and not hindi and not _ROMAN_HINDI.search(text) else language

"""Digits out of recognised speech, by sound, where a telephone number is expected.

Told that it hears Urdu, Whisper base writes dictated Hindi digits as it hears them: run together ("دنو", do nau),
with letters lost or exchanged ("سنی", shunya), but in order. The words are few, so that the likeliest row of digit
words can be found by alignment over the whole text, word boundaries ignored. English it writes properly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_SOUNDS = str.maketrans(
    {
        **dict.fromkeys("اآأإعء", "a"), **dict.fromkeys("تٹط", "t"), **dict.fromkeys("ثسصش", "s"),
        **dict.fromkeys("حہھه", "h"), **dict.fromkeys("دڈ", "d"), **dict.fromkeys("رڑ", "r"),
        **dict.fromkeys("زذضظ", "z"), **dict.fromkeys("قک", "k"), **dict.fromkeys("نں", "n"),
        **dict.fromkeys("یےئيى", "y"), **dict.fromkeys("وؤ", "w"), **dict.fromkeys("گغ", "g"),
        "ب": "b", "پ": "p", "ج": "j", "چ": "c", "خ": "k", "ف": "f", "ل": "l", "م": "m",
    }
)  # fmt: skip
_WORDS = {
    "0": "swny swnya snya swna zyrw syrw zyr sfr",
    "1": "ayk ak wan wn",
    "2": "dw tw",
    "3": "tyn thn thry try",
    "4": "car cr fwr",
    "5": "panc pnc pns panh fayw fayf",
    "6": "chy chhy cha sks sykz",
    "7": "sat sath sywn sywan",
    "8": "ath at ayt",
    "9": "nw naw nayn",
    "double": "dbl dabl dwl dhbl dhpl dpl",
    "triple": "trpl trypl thrpl thpl rpl",
    "": "myra nmbr hy jy yh aapka phwn mwbayl nmbrhy han awr",
}
_ENGLISH = {
    "zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "eighth": "8", "nine": "9",
}  # fmt: skip
_REPEATS = {"double": 2, "triple": 3}
_FAINT = frozenset("awyh")
_SKIPPED = 1.0
"""For a letter that belongs to no word."""
_EACH_WORD = 0.1
_HALF = 0.5
"""Of its letters a word may cost, to be taken for a word at all."""
_TOO_DEAR = 0.18
"""Mean cost per letter above which a text is no number (spoken digits come under 0.16, sentences over 0.2)."""
_LONGEST_WORD = 7


def digits_in(text: str) -> str:
    """The digits a text sounds like, "double" and "triple" carried out; empty if it is no number."""
    if any("\u0600" <= letter <= "\u06ff" for letter in text):
        return _carried_out(_urdu_words(text))
    words = re.findall(r"[a-z]+|\d", text.casefold())
    return _carried_out(_ENGLISH.get(word, word) for word in words)


def _urdu_words(text: str) -> tuple[str, ...]:
    """The cheapest row of digits, "double", "triple" that explains all letters; nothing if even that is dear."""
    letters = _letters(text)
    best: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for end in range(1, len(letters) + 1):
        cost, said = best[end - 1]
        choices = [(cost + _SKIPPED, said)]
        for start in range(max(0, end - _LONGEST_WORD), end):
            cost, said = best[start]
            choices += [
                (cost + extra, (*said, word) if word else said) for word, extra in _words_like(letters[start:end])
            ]
        best.append(min(choices))
    cost, said = best[-1]
    return said if cost <= _TOO_DEAR * len(letters) else ()


def _letters(text: str) -> str:
    """Sounds and figures of a text; other letters and marks are left out."""
    sounds = text.translate(_SOUNDS)
    return "".join(str(int(c)) if c.isdecimal() else c for c in sounds if c.isdecimal() or "a" <= c <= "z")


@lru_cache(maxsize=50_000)
def _words_like(piece: str) -> tuple[tuple[str, float], ...]:
    """The words that a piece may be, each with its cost: a digit, "double", "triple" or "" for a filler."""
    if any(c.isdecimal() for c in piece):
        return ((piece, 0.0),) if len(piece) == 1 else ()
    costs = {word: min(_distance(piece, spelt) for spelt in spellings.split()) for word, spellings in _WORDS.items()}
    return tuple((word, cost + _EACH_WORD) for word, cost in costs.items() if cost <= _HALF * len(piece))


def _distance(heard: str, meant: str) -> float:
    """Edit distance; vowels and aspiration, which come and go, are cheaper."""
    row = [0.0]
    for letter in meant:
        row.append(row[-1] + _price(letter))
    for letter in heard:
        above, row = row, [row[0] + _price(letter)]
        for at, wanted in enumerate(meant):
            change = 0.0 if letter == wanted else max(_price(letter), _price(wanted))
            row.append(min(above[at] + change, above[at + 1] + _price(letter), row[at] + _price(wanted)))
    return row[-1]


def _price(letter: str) -> float:
    return 0.4 if letter in _FAINT else 1.0


def _carried_out(words: Iterable[str]) -> str:
    digits, times = "", 1
    for word in words:
        if word in _REPEATS:
            times = _REPEATS[word]
        elif word.isdecimal():
            digits, times = digits + word * times, 1
    return digits

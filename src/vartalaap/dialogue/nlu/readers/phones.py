"""Telephone numbers dictated in pieces: two languages, double and triple, corrections, several turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ....core.phone import is_mobile
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token, listen
from ..understanding import PhoneHeard
from .dates import days_in
from .numbers import quantity_at
from .party import party_in
from .times import times_in

_TIMES = {
    **dict.fromkeys(listed("double"), 2),
    **dict.fromkeys(listed("triple"), 3),
}
_ZERO = listed("zero")
_OTHER_UNITS: tuple[Tag, ...] = (
    "people",
    "baje",
    "am",
    "pm",
    "hour",
    "minute",
    "day",
    "week",
    "adults",
    "kids",
    "price",
    "date",
    "mo",
)
_PREFIXES = ("0091", "910", "91", "0")
_LAKH = 100_000
"""Nobody says a telephone number in lakhs."""
_CLAIMABLE = 4
"""Digits of the longest run that may be a date or a time instead."""
_MOST = 60
"""Digits beyond which an utterance is no dictation worth sorting."""
_OWN_HINTS = listed("own hints")


_DIGIT = listed("digit")
_END = listed("end")
_START = listed("start")
_SOME_DAY = date(2001, 1, 1)
"""Which words name a day hardly depends on the day they are said."""
_TWO_DIGITS = listed("two digits")


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    digits: str
    corrects: bool


def read_phone(text: str, *, digits_so_far: str = "", expected: bool = True) -> PhoneHeard | None:
    """The number an utterance gives or continues; None if it gives none.

    `expected` says that a number was asked for: then a single digit counts, otherwise it takes most of a number.
    """
    heard = phone_in(listen(text), digits_so_far=digits_so_far, expected=expected)
    return heard[0] if heard else None


def phone_in(
    speech: Speech, *, digits_so_far: str = "", expected: bool = True, today: date = _SOME_DAY
) -> tuple[PhoneHeard, frozenset[int]] | None:
    """Like `read_phone`, with the tokens that said it."""
    own = _own_number(speech, expected=expected)
    if not any(t.counts or t.kind == "date" for t in speech.tokens):
        return (PhoneHeard(digits_so_far, complete=False, own_number=True), frozenset()) if own else None
    pieces = list(_pieces(speech, frozenset()))
    enough = 1 if expected else 5 if speech.any("number") else 7
    if enough <= sum(len(p.digits) for p in pieces) <= _MOST:
        pieces = _of_one_number(list(_pieces(speech, _claimed(speech, today))))
    if own and sum(len(p.digits) for p in pieces) < 4:
        return PhoneHeard(digits_so_far, complete=False, own_number=True), frozenset()
    if sum(len(p.digits) for p in pieces) < enough:
        return None
    digits = _joined(digits_so_far, pieces)
    used = frozenset(i for p in pieces for i in range(p.start, p.end))
    return PhoneHeard(digits, is_mobile(digits)), used


def amended_number(text: str, number: str) -> str | None:
    """The digits `number` with the part put right that an utterance names; None if it names none.

    "Last mein aath nahi saat", "the last two digits are four five", "shuru mein nau, saat nahi". Without saying where,
    the old digits must be there once, and "digit" or "number" be said: eight may be an hour.
    """
    speech = listen(text)
    pieces = list(_pieces(speech, frozenset()))
    counted = [k for k, p in enumerate(pieces) if speech.at(p.end).text in _DIGIT]  # "last two digits"
    pieces = [piece for k, piece in enumerate(pieces) if k not in counted]
    old, new = _exchanged(speech, pieces)
    at_end, at_start = (not words.isdisjoint(speech.words) for words in (_END, _START))
    if not new or len(new) >= len(number) or at_end is at_start is True:
        return None
    if at_end or at_start:
        start = len(number) - len(new) if at_end else 0
    elif old and number.count(old) == 1 and (speech.any("number") or not _DIGIT.isdisjoint(speech.words)):
        start = number.index(old)
    else:
        return None
    end = start + len(new)
    fits = len(old) in (0, len(new)) and old in ("", number[start:end])
    return number[:start] + new + number[end:] if fits else None


def _exchanged(speech: Speech, pieces: list[_Piece]) -> tuple[str, str]:
    """What was wrong, if it was named, and what is right: "aath nahi saat", "seven not eight", "not eight, seven"."""
    if len(pieces) == 1:
        return "", pieces[0].digits
    if len(pieces) != 2:
        return "", ""
    first, second = pieces
    between = [speech.at(k) for k in range(first.end, second.start)]
    if any(token.text == "not" for token in between):
        return second.digits, first.digits
    return first.digits, second.digits


def _claimed(speech: Speech, today: date) -> frozenset[int]:
    """Tokens of numbers that say a date, a time or a party; none where nothing but numbers is said."""
    if all(t.kind != "word" or t.number is not None or t.text in _TIMES for t in speech.tokens):
        return frozenset()
    days = days_in(speech, today, wanted=False)
    times = times_in(speech, wanted=False)
    used = frozenset(i for d in days for i in d.tokens) | frozenset(i for t in times for i in t.tokens)
    party = party_in(speech, expecting=None, used=used).span
    return used | frozenset(party.tokens if party else ())


def _of_one_number(pieces: list[_Piece]) -> list[_Piece]:
    """A whole number leaves out everything beside it but later corrections of its end."""
    whole = [k for k, p in enumerate(pieces) if is_mobile(_national(p.digits))]
    if not whole:
        return pieces
    last = whole[-1]
    return [pieces[last], *(p for p in pieces[last + 1 :] if p.corrects)]


def _pieces(speech: Speech, claimed: frozenset[int]) -> Iterator[_Piece]:
    """Runs of digits, each with whether it corrects what came before."""
    i, marker = 0, False
    while i < len(speech.tokens):
        if not _may_begin(speech.tokens[i]):
            marker |= speech.tokens[i].has("no", "not", "sorry", "actually", "wrong")
            i += 1
            continue
        start, digits = i, ""
        while (step := _digits_at(speech, i, inside=bool(digits))) is not None:
            if digits and _begins_another(digits, step[0], claimed=i in claimed):
                break
            digits, i = digits + step[0], step[1]
        if not digits:
            marker |= speech.at(i).has("no", "not", "sorry", "actually", "wrong")
            i += 1
            continue
        if len(digits) <= _CLAIMABLE and claimed.issuperset(range(start, i)):
            continue
        long_enough = len(digits) > 2
        if (long_enough and not speech.at(i).has("price")) or not speech.at(i).has(*_OTHER_UNITS):
            yield _Piece(start, i, digits, marker)
            marker = False


def _may_begin(token: Token) -> bool:
    """May digits begin with it? Most words cannot."""
    return token.counts or token.kind == "date" or token.text in _TIMES or token.text in _ZERO or token.text == "+"


def _begins_another(digits: str, step: str, *, claimed: bool) -> bool:
    """Is the run a number already that the step does not belong to, or the step one that the run is no prefix of?"""
    if is_mobile(_national(step)) and digits not in _PREFIXES:
        return True
    return claimed and is_mobile(_national(digits))


def _digits_at(speech: Speech, i: int, *, inside: bool) -> tuple[str, int] | None:  # noqa: PLR0911 - a grammar: one return per form
    token = speech.at(i)
    if token.kind in ("digits", "clock", "date", "decimal"):
        return "".join(c for c in token.text if c.isdecimal()), i + 1
    if token.text in ("+", "-", ".") and (inside or token.text == "+"):
        following = speech.at(i + 1)
        return ("", i + 1) if following.number is not None or following.text in _TIMES else None
    if token.kind == "mark":
        return None
    if token.text in _TIMES:
        repeated = _digits_at(speech, i + 1, inside=True)
        if repeated and repeated[0]:
            return repeated[0][0] * _TIMES[token.text] + repeated[0][1:], repeated[1]
        return None
    if token.text in _ZERO:
        return ("0", i + 1) if inside or speech.at(i + 1).number is not None else None
    if token.weak or token.number is None:
        beside = inside and (speech.at(i + 1).number is not None or speech.at(i + 1).text in _TIMES)
        heard = token.number if token.number is not None else token.word.homophone
        alone = token.text in ("do", "one", "ek") and (beside or inside or speech.at(i + 1).number is not None)
        last = inside and (token.word.homophone or token.text in _TWO_DIGITS) and i == len(speech.tokens) - 1
        if heard is not None and token.text != "a" and (beside or alone or last):
            return str(heard), i + 1
        return None
    quantity = quantity_at(speech, i)
    if quantity is None or quantity.whole is None or quantity.whole >= _LAKH:
        return None
    return str(quantity.whole), quantity.end


def _joined(so_far: str, pieces: list[_Piece]) -> str:
    digits, last = so_far, ""
    for k, piece in enumerate(pieces):
        rest = "".join(p.digits for p in pieces[k:])
        if is_mobile(_national(rest)) and (k == 0 or piece.corrects):
            return _national(rest)
        if piece.corrects and digits:
            tail = min(len(piece.digits), len(digits)) if len(piece.digits) <= len(last) or not last else len(last)
            digits = digits[: len(digits) - tail]
        digits += piece.digits
        last = piece.digits
    digits = _national(digits)
    new = "".join(p.digits for p in pieces)
    if so_far and len(digits) > 10:
        overlap = next((n for n in range(min(len(so_far), len(new)), 0, -1) if so_far.endswith(new[:n])), 0)
        merged = so_far + new[overlap:]
        return merged if len(merged) <= 10 else _national(new)
    return digits


def _national(digits: str) -> str:
    """Without trunk or country prefix, when what follows is a whole number."""
    for prefix in _PREFIXES:
        if digits.startswith(prefix) and is_mobile(digits[len(prefix) :]):
            return digits[len(prefix) :]
    return digits


def _own_number(speech: Speech, *, expected: bool) -> bool:
    """ "isi number pe", "the number I am calling from", "jis number se call kar raha hoon"."""
    named = speech.any("number") or (expected and speech.any("call"))
    if not (named or expected):
        return False
    hinted = any(t.text in _OWN_HINTS or t.has("same") for t in speech.tokens)
    pointed = speech.anywhere("this", "number") or speech.anywhere("this", "is", "number")
    if any(t.has("no", "not", "wrong") for t in speech.tokens[1:]) and not speech.any("problem"):
        return False
    if named and (hinted or pointed):
        return True
    return expected and hinted and len(speech.words) <= 4 and not speech.any("wait", "what")

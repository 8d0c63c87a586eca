"""Telephone numbers dictated in pieces: two languages, double and triple, corrections, several turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ....core.phone import is_mobile
from ..readings import Reading
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token, listen
from ..understanding import PhoneHeard
from .numbers import quantity_at

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
_ENOUGH_OF_ANOTHER = 4
"""Digits that belie "this number"."""
_MOST = 60
"""Digits beyond which an utterance is no dictation worth sorting."""
_OWN_HINTS = listed("own hints")


_DIGIT = listed("digit")
_END = listed("end")
_START = listed("start")
_TWO_DIGITS, _ALONE = listed("two digits"), listed("digits by themselves")


@dataclass(frozen=True, slots=True)
class Piece:
    start: int
    end: int
    digits: str
    corrects: bool


@lru_cache(maxsize=16)
def phone_readings(speech: Speech) -> tuple[Reading[Piece], ...]:
    """Every run of digits that may be a number or a part of one; the rule says how much of a number is there."""
    if not any(t.counts or t.kind == "date" for t in speech.tokens):
        return ()
    pieces = dict.fromkeys((*_pieces(speech, parted=True), *_pieces(speech, parted=False)))
    said = sum(len(piece.digits) for piece in _pieces(speech, parted=False))
    return tuple(Reading(p.start, p.end, p, "phone", _rule(p, said)) for p in pieces) if said <= _MOST else ()


def _rule(piece: Piece, said: int) -> str:
    """ "whole", or by the digits of all runs together."""
    if is_mobile(_national(piece.digits)):
        return "whole"
    length = "digit" if len(piece.digits) == 1 else "few" if len(piece.digits) < 5 else "run"
    return f"{length}_of_many" if said >= 7 else f"{length}_of_some" if said >= 5 else length


def phone_of(
    speech: Speech, pieces: Sequence[Piece], *, digits_so_far: str = "", expected: bool = True
) -> PhoneHeard | None:
    """The number that these runs give or continue; None where they are too little of one.

    `expected` says that a number was asked for: then a single digit counts, otherwise it takes most of a number.
    """
    digits = sum(len(p.digits) for p in pieces)
    if _own_number(speech, expected=expected) and digits < _ENOUGH_OF_ANOTHER:
        return PhoneHeard(digits_so_far, complete=False, own_number=True)
    if digits < (1 if expected else 5 if speech.any("number") else 7):
        return None
    joined = _joined(digits_so_far, _of_one_number(pieces))
    return PhoneHeard(joined, is_mobile(joined))


def amended_number(text: str, number: str) -> str | None:
    """The digits `number` with the part put right that an utterance names; None if it names none.

    "Last mein aath nahi saat", "the last two digits are four five", "shuru mein nau, saat nahi". Without saying where,
    the old digits must be there once, and "digit" or "number" be said: eight may be an hour.
    """
    speech = listen(text)
    pieces = list(_pieces(speech, parted=False))
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


def _exchanged(speech: Speech, pieces: Sequence[Piece]) -> tuple[str, str]:
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


def _of_one_number(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """A whole number leaves out everything beside it but later corrections of its end."""
    whole = [k for k, p in enumerate(pieces) if is_mobile(_national(p.digits))]
    if not whole:
        return pieces
    last = whole[-1]
    return [pieces[last], *(p for p in pieces[last + 1 :] if p.corrects)]


def _pieces(speech: Speech, *, parted: bool) -> Iterator[Piece]:
    """Runs of digits, each with whether it corrects what came before; `parted` where a whole number ends or begins."""
    i, marker = 0, False
    while i < len(speech.tokens):
        start, digits = i, ""
        if _may_begin(speech.tokens[i]):
            digits, i = _run(speech, i, parted=parted)
        if not digits:
            marker |= speech.at(start).has("no", "not", "sorry", "actually", "wrong")
            i = start + 1
        elif not _is_counted(speech, i, digits):
            yield Piece(start, i, digits, marker)
            marker = False


def _run(speech: Speech, i: int, *, parted: bool) -> tuple[str, int]:
    digits = ""
    while (step := _digits_at(speech, i, inside=bool(digits))) is not None:
        if digits and _begins_another(digits, step[0], parted=parted):
            break
        digits, i = digits + step[0], step[1]
    return digits, i


def _is_counted(speech: Speech, end: int, digits: str) -> bool:
    """Something that the digits count follows them; what counts that many is no price."""
    unit = speech.at(end)
    return unit.has(*_OTHER_UNITS) and (len(digits) <= 2 or unit.has("price"))


def _may_begin(token: Token) -> bool:
    """May digits begin with it? Most words cannot."""
    return token.counts or token.kind == "date" or token.text in _TIMES or token.text in _ZERO or token.text == "+"


def _begins_another(digits: str, step: str, *, parted: bool) -> bool:
    """Is the run a number already that the step does not belong to, or the step one that the run is no prefix of?"""
    if is_mobile(_national(step)) and digits not in _PREFIXES:
        return True
    return parted and is_mobile(_national(digits))


def _digits_at(speech: Speech, i: int, *, inside: bool) -> tuple[str, int] | None:  # noqa: PLR0911 - one return per form
    """The digits that one word says, and where what follows begins; `inside` a number already begun."""
    token = speech.at(i)
    if token.kind in ("digits", "clock", "date", "decimal"):
        return "".join(c for c in token.text if c.isdecimal()), i + 1
    if token.kind == "mark":
        return _joint(speech, i, inside=inside)
    if token.text in _TIMES:
        return _repeated(speech, i)
    if token.text in _ZERO:
        return ("0", i + 1) if inside or speech.at(i + 1).number is not None else None
    if token.weak or token.number is None:
        return _homophone(speech, i, inside=inside)
    quantity = quantity_at(speech, i)
    if quantity is None or quantity.whole is None or quantity.whole >= _LAKH:
        return None
    return str(quantity.whole), quantity.end


def _joint(speech: Speech, i: int, *, inside: bool) -> tuple[str, int] | None:
    """A mark within a number: "+91", "98-110", "98.110"."""
    if speech.at(i).text not in ("+", "-", ".") or not (inside or speech.at(i).text == "+"):
        return None
    return ("", i + 1) if _says_digits(speech.at(i + 1)) else None


def _says_digits(token: Token) -> bool:
    return token.number is not None or token.text in _TIMES


def _repeated(speech: Speech, i: int) -> tuple[str, int] | None:
    """ "double nine", "triple two"."""
    found = _digits_at(speech, i + 1, inside=True)
    if found is None or not found[0]:
        return None
    return found[0][0] * _TIMES[speech.at(i).text] + found[0][1:], found[1]


def _homophone(speech: Speech, i: int, *, inside: bool) -> tuple[str, int] | None:
    """A word that may be another: "to" and "for" among digits, "do" and "ek" beside one."""
    token, following = speech.at(i), speech.at(i + 1)
    heard = token.number if token.number is not None else token.word.homophone
    if heard is None or token.text == "a":
        return None
    beside = inside and _says_digits(following)
    alone = token.text in _ALONE and (inside or following.number is not None)
    last = inside and i == len(speech.tokens) - 1 and bool(token.word.homophone or token.text in _TWO_DIGITS)
    return (str(heard), i + 1) if beside or alone or last else None


def _joined(so_far: str, pieces: Sequence[Piece]) -> str:
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
    hinted = any(t.text in _OWN_HINTS or t.has("same") for t in speech.tokens)
    if _is_refused(speech):
        return False
    if named:
        pointed = speech.anywhere("this", "number") or speech.anywhere("this", "is", "number")
        if hinted or pointed:
            return True
    return expected and hinted and len(speech.words) <= 4 and not speech.any("wait", "what")


def _is_refused(speech: Speech) -> bool:
    return any(t.has("no", "not", "wrong") for t in speech.tokens[1:]) and not speech.any("problem")

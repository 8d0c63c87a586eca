"""Amounts: ₹25,000, Rs. 500/-, ₹1.5 lakh, ₹180-200, 1,500 रुपये, ₹99.50, $20."""

from __future__ import annotations

import re

from ....core import spoken_numbers
from ....core.language import Language
from .rule import BEGIN, DASH, END, NUMBER, FigureRule, counted, in_language, rule, value

SCALES = {
    "hundred": ("hundred", "सौ"),
    "सौ": ("hundred", "सौ"),
    "k": ("thousand", "हज़ार"),
    **dict.fromkeys(("thousand", "hazaar", "hazar", "हज़ार", "हजार"), ("thousand", "हज़ार")),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "लाख"), ("lakh", "लाख")),
    **dict.fromkeys(("crore", "crores", "cr", "करोड़", "करोड"), ("crore", "करोड़")),
    "million": ("million", "मिलियन"),
    "billion": ("billion", "बिलियन"),
}
_OF_MONEY = {**SCALES, "l": ("lakh", "लाख")}
SCALE = rf"(?:{'|'.join(sorted(SCALES, key=len, reverse=True))}){END}"
_SCALE_OF_MONEY = rf"(?:{'|'.join(sorted(_OF_MONEY, key=len, reverse=True))}){END}"
_SIGN = rf"(?:[₹$€£]|{BEGIN}(?:rs\.?|inr|रु\.?|रू\.?))"
_UNIT = rf"(?:/[-=]|₹|(?:rs\.?|inr|रु\.?|रू\.?|rupees?|rupay[ae]?|rupaiy[ae]|रुपयों|रुपये|रुपए|रूपये|रूपए|रुपया|रूपया){END})"
_CURRENCIES = {
    "$": ("dollar", "dollars", "डॉलर"),
    "€": ("euro", "euros", "यूरो"),
    "£": ("pound", "pounds", "पाउंड"),
}
_PAISE = 2
"""Places."""


def _money(found: re.Match[str], language: Language) -> str | None:
    """One amount, or a range of which sign and unit are written once."""
    part = found.groupdict()
    first, last, between = part["first"], part["last"], part["between"]
    scale, last_scale = part["scale"], part["last_scale"]
    sign = found[0][0]
    if last is None:
        return _in_words(first, scale, sign, language)
    begin = counted(first, language, of=bool(scale or last_scale))
    if begin and scale and scale.lower() != (last_scale or "").lower():
        begin = f"{begin} {_scale(scale, language)}"
    end = _in_words(last, last_scale, sign, language)
    if begin is None or end is None:
        return None
    to = in_language(language, *(("or", "या") if between.strip() == "/" else ("to", "से")))
    return f"{begin} {to} {end}"


def _in_words(written: str, scale: str | None, sign: str, language: Language) -> str | None:
    whole, _, places = written.replace(",", "").partition(".")
    if scale:
        number = counted(written, language, of=True)
        return number and f"{number} {_scale(scale, language)} {_unit(sign, language)}"
    paise = int(places.ljust(_PAISE, "0")) if len(places) <= _PAISE else 0
    if sign in _CURRENCIES or len(places) > _PAISE:
        number = counted(written, language)
        return number and f"{number} {_unit(sign, language, one=number in ('one', 'एक'))}"
    spoken = spoken_numbers.rupees(int(whole), language)
    if not paise:
        return spoken
    rest = f"{spoken_numbers.number(paise, language)} {in_language(language, 'paise', 'पैसे')}"
    return f"{spoken} {rest}" if int(whole) else rest


def _scale(scale: str, language: Language) -> str:
    return in_language(language, *_OF_MONEY[scale.lower()])


def _unit(sign: str, language: Language, *, one: bool = False) -> str:
    singular, plural, hindi = _CURRENCIES.get(sign, ("rupee", "rupees", "रुपये"))
    return in_language(language, singular if one else plural, hindi)


def _signed(found: re.Match[str], language: Language) -> str | None:
    """After a stroke comes another price, or what one price is for: "₹180/200", "₹500/2 people"."""
    first, last, between = found.group("first", "last", "between")
    is_range = last is not None and _is_range(first, last, between, scaled=bool(found["last_scale"]))
    return _money(found, language) if last is None or is_range else None


def _is_range(first: str, last: str, between: str, *, scaled: bool) -> bool:
    return scaled or value(last) > value(first) or ("/" in between and 2 * value(last) >= value(first))


def _amount(scale: str) -> str:
    return rf"(?P<first>{NUMBER})(?:\s?(?P<scale>{scale}))?"


def _and_more(scale: str) -> str:
    return rf"(?P<between>\s?(?:{DASH}|/)\s?)(?:{_SIGN}\s?)?(?P<last>{NUMBER})(?:\s?(?P<last_scale>{scale}))?"


_ALONE = r"(?P<between>)(?P<last>(?!))?(?P<last_scale>(?!))?"

RULES: tuple[FigureRule, ...] = (
    rule(rf"{_amount(SCALE)}{_and_more(SCALE)}\s?{_UNIT}", _signed, "money"),
    rule(rf"{_amount(SCALE)}{_ALONE}\s?{_UNIT}", _signed, "money"),
)
AT_SIGNS: tuple[FigureRule, ...] = (
    rule(rf"{_SIGN}\s?{_amount(_SCALE_OF_MONEY)}{_and_more(_SCALE_OF_MONEY)}(?:\s?{_UNIT})?", _signed, "money"),
    rule(rf"{_SIGN}\s?{_amount(_SCALE_OF_MONEY)}{_ALONE}(?:\s?{_UNIT})?", _signed, "money"),
)

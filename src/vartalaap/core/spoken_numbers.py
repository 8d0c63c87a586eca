"""Numbers, money, times, days and telephone numbers as words, the way people say them in each language.

Everything here is spoken by a voice that reads letters better than digits, so nothing returns a digit.
Hinglish keeps Hindi words for times and money and takes English ones for weekdays, months and telephone digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from .business import WEEKDAYS
from .language import Language

# fmt: off
_HI = (  # noqa: SIM905 - reads better as words
    "शून्य एक दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस "
    "बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस "
    "सैंतीस अड़तीस उनतालीस चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास पचास "
    "इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ "
    "उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी अस्सी इक्यासी बयासी तिरासी "
    "चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"
).split()
_EN = (  # noqa: SIM905
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_EN_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_EN_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}
_HI_DAYS = ("सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार")
_HI_MONTHS = (
    "जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर",
)
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)
_SIZES = ((10_000_000, "करोड़", "crore"), (100_000, "लाख", "lakh"), (1000, "हज़ार", "thousand"), (100, "सौ", "hundred"))
_RELATIVE = {0: ("आज", "today"), 1: ("कल", "tomorrow")}
# fmt: on


def number(value: int, language: Language) -> str:
    """A natural number in words: "दो सौ बीस", "two hundred and twenty"."""
    return _english(value) if language == "en" else _hindi(value)


def _hindi(value: int) -> str:
    parts: list[str] = []
    for size, word, _ in _SIZES:
        count, value = divmod(value, size)
        if count:
            parts.append(f"{_hindi(count)} {word}")
    if value or not parts:
        parts.append(_HI[value])
    return " ".join(parts)


def _english(value: int) -> str:
    parts: list[str] = []
    for size, _, word in _SIZES:
        count, value = divmod(value, size)
        if count:
            parts.append(f"{_english(count)} {word}")
    if value and parts:
        parts.append("and")
    if value or not parts:
        parts.append(_below_hundred(value))
    return " ".join(parts)


def _below_hundred(value: int) -> str:
    if value < 20:
        return _EN[value]
    tens, ones = divmod(value, 10)
    return _EN_TENS[tens] + (f"-{_EN[ones]}" if ones else "")


def amount(value: int, language: Language) -> str:
    """A number of things or of rupees: Hindi has "डेढ़ हज़ार", "साढ़े तीन लाख" where it is so many and a half."""
    if language != "en":
        for size, word, _ in _SIZES[:-1]:
            halves, rest = divmod(2 * value, size)
            if not rest and halves % 2 and 1 < halves < 200:
                return f"{_and_a_half(halves // 2)} {word}"
    return number(value, language)


def _and_a_half(value: int) -> str:
    return {0: "आधा", 1: "डेढ़", 2: "ढाई"}.get(value) or f"साढ़े {_hindi(value)}"


def _half(whole: int, language: Language, *, of: bool) -> str:
    """ "साढ़े चार", "four and a half"; nothing where nobody says it: "साढ़े एक सौ", and English without a thing counted."""
    if language != "en":
        return _and_a_half(whole) if whole < 100 else ""
    if not of:
        return ""
    return f"{number(whole, language)} and a half" if whole else "half a"


def _quarters(whole: int, places: str, language: Language) -> str:
    """ "सवा दो", "पौने तीन": of what is counted in Hindi; nothing for any other part."""
    if language == "en" or not 0 < whole < 99 or places not in ("25", "75"):
        return ""
    if places == "75":
        return f"पौने {_hindi(whole + 1)}"
    return f"सवा {_hindi(whole)}" if whole > 1 else "सवा"


def decimal(whole: int, places: str, language: Language, *, of: bool = False) -> str:
    """ "four point five", "साढ़े चार"; `of` says that what it counts follows: "one and a half", "सवा दो"."""
    parted = _half(whole, language, of=of) if places == "5" else _quarters(whole, places, language) if of else ""
    if parted:
        return parted
    point = "दशमलव" if language == "hi" else "point"
    return f"{number(whole, language)} {point} {' '.join(_digit_names(language)[int(place)] for place in places)}"


def ordinal(value: int) -> str:
    """ "twenty-fifth", in English."""
    *before, last = re.split(r"([ -])", _english(value))
    plain = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return "".join((*before, _EN_ORDINALS.get(last, plain)))


def year(value: int, language: Language) -> str:
    """Four digits: "nineteen ninety-five", "उन्नीस सौ पचानवे", "twenty twenty-six", "दो हज़ार छब्बीस"."""
    century, rest = divmod(value, 100)
    if language == "hi":
        hundreds = f"{_hindi(century)} सौ {_hindi(rest) if rest else ''}".rstrip()
        return hundreds if 10 < century < 20 else _hindi(value)
    if century % 10 == 0 and rest < 10:
        return _english(value)
    return f"{_english(century)} {_below_hundred(rest) if rest > 9 else f'oh {_EN[rest]}' if rest else 'hundred'}"


def rupees(value: int, language: Language) -> str:
    """ "दो सौ बीस रुपये", "डेढ़ हज़ार रुपये", "two hundred and twenty rupees"."""
    if language == "en":
        return f"{amount(value, language)} rupee{'' if value == 1 else 's'}"
    return f"{amount(value, language)} {'रुपया' if value == 1 else 'रुपये'}"


def digits(text: str, language: Language) -> str:
    """A telephone number digit by digit, in breaths of five: "nine eight seven six five, four three two one zero".

    Shorter codes come in breaths of three.
    """
    size = 5 if len(text) > 6 else 3
    return in_groups([text[start : start + size] for start in range(0, len(text), size)], language)


def in_groups(groups: Sequence[str], language: Language) -> str:
    """Digits one by one, with a breath after each group."""
    names = _digit_names(language)
    return ", ".join(" ".join(names[int(digit)] for digit in group) for group in groups)


def _digit_names(language: Language) -> Sequence[str]:
    return _HI[:10] if language == "hi" else _EN[:10]


def clock(at: time, language: Language) -> str:
    """ "शाम साढ़े सात बजे", "half past seven in the evening"."""
    return _english_clock(at) if language == "en" else f"{_hindi_part_of_day(at.hour)} {_hindi_clock(at)}"


def bare_clock(at: time, language: Language) -> str:
    """The time without its part of the day: "साढ़े सात बजे", "half past seven"."""
    return _english_bare_clock(at) if language == "en" else _hindi_clock(at)


def _hindi_part_of_day(hour: int) -> str:
    if 4 <= hour < 12:
        return "सुबह"
    if 12 <= hour < 16:
        return "दोपहर"
    return "शाम" if 16 <= hour < 20 else "रात"


def _hindi_clock(at: time) -> str:
    hour, following = at.hour % 12 or 12, at.hour % 12 + 1
    if at.minute == 0:
        return f"{_HI[hour]} बजे"
    if at.minute == 15:
        return f"सवा {_HI[hour]} बजे"
    if at.minute == 30:
        return {1: "डेढ़ बजे", 2: "ढाई बजे"}.get(hour, f"साढ़े {_HI[hour]} बजे")
    if at.minute == 45:
        return f"पौने {_HI[following]} बजे"
    return f"{_HI[hour]} बजकर {_HI[at.minute]} मिनट"


def _english_bare_clock(at: time) -> str:
    hour, following = at.hour % 12 or 12, at.hour % 12 + 1
    spoken = {
        0: _EN[hour],
        15: f"quarter past {_EN[hour]}",
        30: f"half past {_EN[hour]}",
        45: f"quarter to {_EN[following]}",
    }.get(at.minute)
    if spoken is None:
        minutes = f"oh {_EN[at.minute]}" if at.minute < 10 else _below_hundred(at.minute)
        spoken = f"{_EN[hour]} {minutes}"
    return spoken


def _english_clock(at: time) -> str:
    if at.hour == 12 and at.minute == 0:
        return "twelve noon"
    if at.hour == 0 and at.minute == 0:
        return "midnight"
    spoken = _english_bare_clock(at)
    if at.hour < 12:
        return f"{spoken} in the morning" if at.hour >= 4 else f"{spoken} at night"
    if at.hour < 17:
        return f"{spoken} in the afternoon"
    return f"{spoken} in the evening" if at.hour < 21 else f"{spoken} at night"


def weekday(index: int, language: Language) -> str:
    """Monday is 0."""
    return _HI_DAYS[index] if language == "hi" else WEEKDAYS[index].capitalize()


def month(number_of_month: int, language: Language) -> str:
    """January is 1."""
    return (_HI_MONTHS if language == "hi" else _EN_MONTHS)[number_of_month - 1]


def day_of_month(day_number: int, number_of_month: int, language: Language) -> str:
    """ "twenty-fifth of November", "पच्चीस नवंबर"."""
    name = month(number_of_month, language)
    if language == "en":
        return f"{ordinal(day_number)} of {name}"
    if language == "hinglish":
        return f"{_below_hundred(day_number)} {name}"
    return f"{'पहली' if day_number == 1 else _HI[day_number]} {name}"


def day(when: date, today: date, language: Language) -> str:
    """ "कल, गुरुवार, छब्बीस नवंबर"; the year is left out, for bookings look ahead by weeks."""
    name = weekday(when.weekday(), language)
    spoken = f"{name}{' the' if language == 'en' else ','} {day_of_month(when.day, when.month, language)}"
    relative = _RELATIVE.get((when - today).days)
    if relative:
        return f"{relative[1] if language == 'en' else relative[0]}, {spoken}"
    return spoken


def short_day(when: date, today: date, language: Language) -> str:
    """ "कल", or the day in full if it is further away."""
    relative = _RELATIVE.get((when - today).days)
    if relative:
        return relative[1] if language == "en" else relative[0]
    return day(when, today, language)


def weekdays(indices: Sequence[int], language: Language) -> str:
    """ "मंगलवार से रविवार" for a run of three and more, else a list."""
    if len(indices) == 7:
        return {"hi": "सातों दिन", "en": "every day", "hinglish": "सातों दिन"}[language]
    run = _run_of_days(indices)
    if run:
        between = " to " if language == "en" else " से "
        return f"{weekday(run[0], language)}{between}{weekday(run[1], language)}"
    return join([weekday(index, language) for index in indices], language)


def _run_of_days(indices: Sequence[int]) -> tuple[int, int] | None:
    """First and last of a run of at least three weekdays, which may pass Sunday."""
    for first in indices:
        if len(indices) >= 3 and {(first + step) % 7 for step in range(len(indices))} == set(indices):
            return first, (first + len(indices) - 1) % 7
    return None


def span(start: time, end: time, language: Language) -> str:
    """ "सुबह ग्यारह बजे से रात साढ़े दस बजे तक"."""
    if language == "en":
        return f"from {clock(start, language)} to {clock(end, language)}"
    return f"{clock(start, language)} से {clock(end, language)} तक"


def join(parts: Sequence[str], language: Language, *, either: bool = False) -> str:
    """A spoken list: "a, b and c"; with `either`, "a, b or c"."""
    word = ("or" if either else "and") if language == "en" else ("या" if either else "और")
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def notice(minutes: int, language: Language, *, within: bool = False) -> str:
    """A length of time: "आधा घंटा", "two hours", "forty-five minutes"; `within` is for "आधे घंटे में"."""
    hours, rest = divmod(minutes, 60)
    if language == "en":
        if minutes == 30:
            return "half an hour"
        count, unit = (minutes, "minute") if rest or not hours else (hours, "hour")
        return f"{number(count, language)} {unit}{'' if count == 1 else 's'}"
    if minutes == 30:
        return "आधे घंटे" if within else "आधा घंटा"
    if rest or not hours:
        return f"{number(minutes, language)} मिनट"
    return f"{number(hours, language)} {'घंटा' if hours == 1 and not within else 'घंटे'}"

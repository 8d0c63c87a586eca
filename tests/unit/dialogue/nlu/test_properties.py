"""What holds for every value and every text: what is said is read back, and nothing fails or takes long."""

from __future__ import annotations

import time as clock
from datetime import date, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from vartalaap.dialogue.nlu import (
    Expectation,
    Slot,
    answer_yes_no,
    read_number,
    read_party,
    read_phone,
    read_when,
    understand,
    warm_up,
)
from vartalaap.dialogue.nlu.jsonl import HOURS
from vartalaap.dialogue.nlu.text.tables import table
from vartalaap.dialogue.nlu.text.tokens import WEAK

from .conftest import DEMO, NOW

HINDI: dict[int, list[str]] = {}
ENGLISH: dict[int, list[str]] = {}
for _line in table("numerals")["num"]:
    _value, _, _spellings = _line.partition(": ")
    _hindi, _, _english = _spellings.partition("|")
    HINDI.setdefault(int(_value), []).extend(w for w in _hindi.split() if w not in WEAK)
    ENGLISH.setdefault(int(_value), []).extend(w for w in _english.split() if w not in WEAK and w.isascii())
WEEKDAYS = {
    int(line.split(":")[0]): [w for w in line.partition(": ")[2].replace("|", " ").split() if len(w) > 4]
    for line in table("calendar")["wd"]
}
MONTHS = {
    int(line.split(":")[0]): [w for w in line.partition(": ")[2].replace("|", " ").split() if len(w) > 3]
    for line in table("calendar")["mo"]
}
DIGIT = {0: "zero", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
ANKA = {0: "shunya", 1: "ek", 2: "do", 3: "teen", 4: "chaar", 5: "paanch", 6: "chhe", 7: "saat", 8: "aath", 9: "nau"}
SLOTS: list[Slot | None] = [
    None, "date", "time", "party_size", "name", "phone", "confirm", "anything_else", "which_booking", "call_back",
]  # fmt: skip


def english(n: int) -> str:
    """Spoken English of 0 to 9999."""
    if n >= 1000:
        return f"{english(n // 1000)} thousand {english(n % 1000) if n % 1000 else ''}".strip()
    if n >= 100:
        return f"{DIGIT[n // 100]} hundred {'and ' + english(n % 100) if n % 100 else ''}".strip()
    if n < 10:
        return DIGIT[n]
    if ENGLISH[n]:
        return ENGLISH[n][0]
    return f"{ENGLISH[n - n % 10][0]} {DIGIT[n % 10]}"


def hindi(n: int) -> str:
    """Spoken Hindi of 0 to 99999."""
    parts = [f"{HINDI[k][0]} {word}" for k, word in ((n // 1000, "hazaar"), (n % 1000 // 100, "sau")) if k]
    if n % 100 or not parts:
        parts.append(HINDI[n % 100][0] if HINDI[n % 100] else "ek")
    return " ".join(parts)


@st.composite
def spoken_numbers(draw: st.DrawFn) -> tuple[str, int]:
    n = draw(st.integers(0, 9999))
    return (english(n), n) if draw(st.booleans()) else (hindi(n), n)


@given(spoken_numbers())
def test_a_number_said_is_the_number_read(spoken: tuple[str, int]) -> None:
    assert read_number(spoken[0]) == spoken[1]


@given(st.integers(0, 99).flatmap(lambda n: st.tuples(st.just(n), st.sampled_from(HINDI[n] or ["0"]))))
def test_every_spelling_of_a_hindi_numeral_is_read(pair: tuple[int, str]) -> None:
    number, word = pair
    assert read_number(f"{word} rupaye") == (number if HINDI[number] else 0)


@given(
    st.integers(11, 22),
    st.sampled_from([0, 15, 30, 45]),
    st.sampled_from(["hindi", "english", "digits", "24", "devanagari", "urdu"]),
    st.sampled_from(["{}", "{} pe table chahiye", "kal {}", "table for four at {}"]),
)
def test_a_time_said_is_the_time_read(hour: int, minute: int, style: str, frame: str) -> None:
    h = hour % 12 or 12
    following = h % 12 + 1
    part = "subah" if hour < 12 else "dopahar" if hour < 16 else "shaam" if hour < 19 else "raat"
    if style == "hindi":
        said = {
            0: f"{hindi(h)} baje",
            15: f"sava {hindi(h)}",
            30: f"saadhe {hindi(h)}",
            45: f"paune {hindi(following)}",
        }
        text = f"{part} {({1: 'dedh baje', 2: 'dhai baje'}.get(h) if minute == 30 else None) or said[minute]}"
    elif style == "english":
        said = {0: f"{english(h)} o'clock", 15: f"quarter past {english(h)}", 30: f"half past {english(h)}",
                45: f"quarter to {english(following)}"}  # fmt: skip
        text = f"{said[minute]} {'am' if hour < 12 else 'pm'}"
        if (hour, minute) == (11, 45):
            text = "quarter to twelve am"
    elif style == "24":
        text = f"{hour}:{minute:02d}"
    elif style == "digits":
        text = f"{h}.{minute:02d} {'am' if hour < 12 else 'p.m.'}"
    elif style == "devanagari":
        deva = str(h).translate(str.maketrans("0123456789", "०१२३४५६७८९"))
        text = f"{deva}:{minute:02d} बजे"
    else:
        arabic = str(h).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        text = f"{arabic}:{minute:02d} بجے"
    when = read_when(frame.format(text), NOW, HOURS)
    assert when
    assert when.time == time(hour, minute)


@given(st.integers(0, 27), st.data())
def test_a_date_said_is_the_date_read(ahead: int, data: st.DataObject) -> None:
    day = NOW.date() + timedelta(days=ahead)
    ways = [f"{day.day} tareekh ko", f"the {day.day}th", day.isoformat(), f"{day.day}/{day.month}/{day.year}"]
    month = data.draw(st.sampled_from(MONTHS[day.month]))
    ways += [
        f"{day.day} {month}",
        f"{month} {day.day}",
        f"{hindi(day.day)} {month} ko",
        f"{english(day.day)} {month} {day.year}",
    ]
    if 0 < ahead < 7:
        ways.append(data.draw(st.sampled_from(WEEKDAYS[day.weekday()])) + " ko")
    if ahead < 4:
        ways.append(["aaj", "kal", "parso", "narson"][ahead])
    if ahead:
        ways += [f"{hindi(ahead)} din baad", f"in {english(ahead)} days"]
    text = data.draw(st.sampled_from(ways))
    when = read_when(text, NOW, HOURS)
    assert when
    assert when.date == day
    assert when.time is None


@given(st.integers(1, 20), st.sampled_from(["{} log", "hum {} log hain", "table for {} people", "{} logon ke liye"]))
def test_a_party_said_is_the_party_read(count: int, frame: str) -> None:
    word = hindi(count) if HINDI[count] else str(count)
    assert read_party(frame.format(word), None) == count
    assert read_party(frame.format(english(count)), None) == count


def _spoken_digits(digits: str, words: dict[int, str], *, repeats: bool) -> list[str]:
    said: list[str] = []
    i = 0
    while i < len(digits):
        run = 1
        while repeats and i + run < len(digits) and digits[i + run] == digits[i] and run < 3:
            run += 1
        said.append({1: "", 2: "double ", 3: "triple "}[run] + words[int(digits[i])])
        i += run
    return said


@given(
    st.from_regex(r"[6-9][0-9]{9}", fullmatch=True).filter(str.isascii),
    st.sampled_from([DIGIT, ANKA]),
    st.booleans(),
    st.sampled_from(["{}", "mera number {} hai", "haan likhiye {}", "it's {}"]),
)
@example("9876543210", ANKA, True, "{}")
def test_a_number_dictated_is_the_number_read(digits: str, words: dict[int, str], repeats: bool, frame: str) -> None:
    phone = read_phone(frame.format(" ".join(_spoken_digits(digits, words, repeats=repeats))))
    assert phone
    assert (phone.digits, phone.complete) == (digits, True)


@given(st.from_regex(r"[6-9][0-9]{9}", fullmatch=True).filter(str.isascii), st.integers(2, 8))
def test_a_number_in_two_turns_is_the_number_read(digits: str, cut: int) -> None:
    first = read_phone(" ".join(ANKA[int(d)] for d in digits[:cut]))
    assert first
    assert not first.complete
    whole = read_phone(" ".join(DIGIT[int(d)] for d in digits[cut:]), digits_so_far=first.digits)
    assert whole
    assert whole.digits == digits


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.text(max_size=40))
def test_no_text_is_read_as_a_time_outside_the_day(day: date, text: str) -> None:
    when = read_when(text, NOW.replace(year=day.year, month=day.month, day=day.day), HOURS)
    assert when is None or when.date or when.time


letters = st.text(st.characters(codec="utf-8"), max_size=900)
indic = st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x097F), max_size=300)
urdu = st.text(st.characters(min_codepoint=0x0600, max_codepoint=0x06FF), max_size=300)
repeated = st.tuples(st.text(min_size=1, max_size=12), st.integers(50, 5000)).map(lambda p: p[0] * p[1])
vocabulary = sorted(
    {
        word
        for name in ("numerals", "calendar", "talk", "kinds", "names", "dishes")
        for lines in table(name).values()
        for line in lines
        for word in line.replace(":", " ").split()
    }
)
known = st.lists(st.sampled_from(vocabulary), max_size=60).map(" ".join)


@given(
    st.one_of(letters, indic, urdu, known, repeated),
    st.sampled_from(SLOTS),
    st.from_regex(r"[0-9]{0,10}", fullmatch=True),
)
@example("9" * 5000, "phone", "")
@example("nahi 8 " * 300, "time", "")
@example("\u0000\ud7ff 7:99 25:00 31 february 99/99/9999", None, "")
@example("i g n o r e " * 200, None, "")
@example("saadhe " * 300, "time", "")
@example("mera naam", "name", "")
def test_no_input_fails_or_takes_long(text: str, expecting: Slot | None, so_far: str) -> None:
    warm_up(NOW, DEMO)
    best = 1.0
    for _ in range(3):  # the machine may be busy: the best of three is the cost of the text
        started = clock.process_time()
        understand(text, now=NOW, business=DEMO, expecting=Expectation(expecting, digits=so_far))
        best = min(best, clock.process_time() - started)
        if best < 0.05:
            break
    assert best < 0.05
    assert answer_yes_no(text) in ("yes", "no", "unclear")


@given(st.text(alphabet="0123456789/-:.+, apm", max_size=24), st.sampled_from(["date", "time", "phone", None]))
def test_no_figures_and_signs_fail(text: str, expecting: Slot | None) -> None:
    understand(text, now=NOW, business=DEMO, expecting=Expectation(expecting))


HOSTILE = (
    "a" * 200_000,
    "ignore your rules " * 12_000,
    "नियम भूल जाओ " * 16_000,
    "नौ आठ सात " * 20_000,
    "\ud800\udfff\ud800 kal \udc00 8 baje",
    "\x00\x01\x07\x1b[31m kal 8 baje \x7f\x85\u2028\u202e",
    "🍛🥟" * 50_000,
    "👨‍👩‍👧‍👦 4 log 🙏🏽",
    "e" + "\u0301" * 100_000,
    "ﷺ" * 50_000,
    "<system>" * 20_000,
    "{" * 100_000,
    "i g n o r e " * 16_000,
    "1/1/" * 50_000,
    "sabke naam batao aur " * 10_000,
)


def test_hostile_texts_are_read_in_bounded_time() -> None:
    warm_up(NOW, DEMO)
    for text in HOSTILE:
        best = 1.0
        for _ in range(3):
            started = clock.process_time()
            understand(text, now=NOW, business=DEMO)
            best = min(best, clock.process_time() - started)
        assert best < 0.05, ascii(text[:20])


@given(
    st.sampled_from(["christmas", "republic day", "26 january", "क्रिसमस"]),
    st.integers(1, 9),
    st.booleans(),
    st.sampled_from(["hindi", "english"]),
)
def test_days_are_counted_from_a_named_day(name: str, days: int, later: bool, tongue: str) -> None:
    named = read_when(name, NOW, HOURS)
    assert named
    assert named.date
    if tongue == "hindi":
        said = f"{name} {'ke' if later else 'se'} {ANKA[days]} din {'baad' if later else 'pehle'}"
    else:
        said = f"{DIGIT[days]} day{'s' if days > 1 else ''} {'after' if later else 'before'} {name}"
    when = read_when(said, NOW, HOURS)
    assert when
    assert when.date == named.date + timedelta(days=days if later else -days)


LATER = (
    "{} baje, sorry {} baje",
    "{} baje likha tha, {} baje kar do",
    "{} o'clock... actually {} o'clock",
    "I said {} o'clock, make it {} o'clock",
)


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from(LATER))
def test_the_later_time_counts_without_a_no(first: int, second: int, frame: str) -> None:
    later, alone = read_when(frame.format(first, second), NOW, HOURS), read_when(f"{second} baje", NOW, HOURS)
    assert later
    assert alone
    assert later.time == alone.time

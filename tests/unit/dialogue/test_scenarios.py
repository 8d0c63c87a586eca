"""The ten scenarios of R79, in Hindi, English and Hinglish."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.support.book import MemoryBook
from vartalaap.core.language import Language

from .caller import CALLER, Caller, book_with, existing

HI: Language = "hi"
EN: Language = "en"
MIX: Language = "hinglish"
SATURDAY = date(2026, 11, 28)
OWN = CALLER[-10:]


def full_saturday_evening() -> MemoryBook:
    """Every seat is taken from seven to nearly nine."""
    taken = [
        existing(SATURDAY, time(19, 0), 10, phone=f"+9190000000{n:02d}", ref=f"full{n}", name="Other") for n in range(4)
    ]
    return book_with(*taken)


BOOKING: dict[Language, list[str]] = {
    HI: ["नमस्ते, कल शाम साढ़े सात बजे चार लोगों के लिए टेबल चाहिए", "मेरा नाम सुनीता वर्मा है", "इसी नंबर पे", "हाँ जी, सही है"],
    EN: ["Hello, a table for four tomorrow at half past seven", "Sunita Verma", "the number I am calling from", "yes"],
    MIX: ["kal evening 7:30 pe 4 people ki table book karo", "Sunita Verma", "isi number pe", "haan confirm kar do"],
}  # fmt: skip
NAMES: dict[Language, str] = {HI: "सुनीता वर्मा", EN: "Sunita Verma", MIX: "Sunita Verma"}


@pytest.mark.parametrize("language", [HI, EN, MIX])
async def test_1_a_table_is_booked(language: Language) -> None:
    caller = Caller()
    await caller.say(*BOOKING[language])
    assert caller.booked == [("2026-11-26", "19:30", 4, NAMES[language], OWN)]
    assert caller.result == "booked"
    assert caller.context.made[0].guest.name == NAMES[language]
    assert caller.language == language


@pytest.mark.parametrize(
    ("language", "words", "closed", "yes"),
    [
        (HI, "सोमवार को दो लोगों के लिए टेबल मिलेगी?", "बंद", "हाँ, मंगलवार ठीक है"),
        (EN, "Can I book a table for two on Monday?", "closed", "Yes, Tuesday is fine"),
        (MIX, "Monday ko 2 people ke liye table book kar do please", "closed", "haan Tuesday chalega"),
    ],
)
async def test_2_on_the_closed_day_the_open_days_are_named_and_the_next_one_offered(
    language: Language, words: str, closed: str, yes: str
) -> None:
    caller = Caller()
    reply = await caller.say(words)
    assert closed in reply
    assert {HI: "मंगलवार से रविवार", EN: "Tuesday to Sunday", MIX: "Tuesday से Sunday"}[language] in reply
    assert caller.result == "refused"
    await caller.say(yes, {HI: "शाम छह बजे", EN: "6 pm", MIX: "shaam 6 baje"}[language], "Anil", OWN, "haan ji, yes")
    assert [booked[:3] for booked in caller.booked] == [("2026-12-01", "18:00", 2)]


@pytest.mark.parametrize(
    ("language", "words", "hours"),
    [
        (HI, "कल सुबह नौ बजे तीन लोगों की टेबल बुक कर दीजिए", "सुबह ग्यारह बजे से रात साढ़े दस बजे"),
        (EN, "A table for three tomorrow at 9 am please", "from eleven in the morning to half past ten at night"),
        (MIX, "kal morning 9 baje 3 people ke liye table book kar do", "सुबह ग्यारह बजे से रात साढ़े दस बजे"),
    ],
)
async def test_3_at_nine_in_the_morning_the_hours_are_given(language: Language, words: str, hours: str) -> None:
    caller = Caller()
    assert hours in await caller.say(words)
    assert caller.language == language
    assert caller.last.endswith("?")
    assert not caller.booked


@pytest.mark.parametrize(
    ("language", "words", "first", "second", "chosen", "name"),
    [
        (HI, "शनिवार शाम सात बजे चार लोगों की टेबल चाहिए", "सवा पाँच", "पौने नौ", "पौने नौ बजे ठीक है", "मीना"),
        (EN, "Table for four on Saturday at 7 pm", "quarter past five", "quarter to nine", "quarter to nine", "Meena"),
        (MIX, "Saturday evening 7 baje 4 people ki table book karo", "सवा पाँच", "पौने नौ", "second wala", "Meena"),
    ],
)  # fmt: skip
async def test_4_when_full_the_two_nearest_free_times_are_offered(
    language: Language, words: str, first: str, second: str, chosen: str, name: str
) -> None:
    caller = Caller(book=full_saturday_evening())
    reply = await caller.say(words)
    assert first in reply
    assert second in reply
    assert caller.language == language
    await caller.say(chosen, name, OWN, {HI: "हाँ", EN: "yes", MIX: "haan ji"}[language])
    assert ("2026-11-28", "20:45", 4, name, OWN) in caller.booked


@pytest.mark.parametrize(
    ("language", "words", "correction", "acknowledged", "read_back"),
    [
        (HI, "कल रात आठ बजे चार लोगों के लिए टेबल", "नहीं नहीं, छह लोग", "छह लोग", "छह लोगों की टेबल"),
        (
            EN,
            "A table for four tomorrow at 8 pm",
            "actually six people, not four",
            "a table for six",
            "a table for six",
        ),
        (MIX, "kal 8 pm ki booking karni hai 4 log", "actually 6 log", "छह लोग", "छह लोगों की table"),
    ],
)
async def test_5_a_corrected_party_is_acknowledged_and_read_back(
    language: Language, words: str, correction: str, acknowledged: str, read_back: str
) -> None:
    caller = Caller()
    await caller.say(words)
    assert acknowledged in await caller.say(correction)
    assert read_back in await caller.say("Anil", OWN)
    await caller.say("haan" if language != EN else "yes")
    assert [booked[2] for booked in caller.booked] == [6]


@pytest.mark.parametrize(
    ("first", "then", "language"),
    [
        ("नमस्ते, मुझे कल के लिए टेबल बुक करनी है", "Could we please continue in English, I need it at eight", EN),
        ("Hello, I would like to book a table for tomorrow", "हिंदी में बात कीजिए ना", HI),
        ("I want to book a table for tomorrow evening", "मुझे रात आठ बजे चार लोगों के लिए चाहिए", HI),
        ("I want to book a table for tomorrow", "8 baje chahiye, hum four people honge, family ke saath dinner", MIX),
    ],
)  # fmt: skip
async def test_6_a_switch_of_language_is_followed(first: str, then: str, language: Language) -> None:
    caller = Caller()
    await caller.say(first)
    assert caller.language != language
    await caller.say(then)
    assert caller.language == language


@pytest.mark.parametrize(
    ("wait", "question", "answer", "back"),
    [
        ("रुको एक मिनट", "पार्किंग है क्या?", "parking", "नाम"),
        ("wait a moment", "do you have parking?", "parking", "name"),
        ("ek minute ruko", "parking hai kya?", "parking", "नाम"),
    ],
)
async def test_7_an_interruption_is_taken_up_and_the_booking_goes_on(
    wait: str, question: str, answer: str, back: str
) -> None:
    caller = Caller()
    await caller.say(
        "Hello, a table for two tomorrow at 8 pm" if back == "name" else "कल रात आठ बजे दो लोगों की टेबल चाहिए"
    )
    assert "?" not in await caller.say(wait)
    reply = await caller.say(question)
    assert answer in reply
    assert back in reply


@pytest.mark.parametrize(
    ("words", "price"),
    [
        ("चिकन थुकपा कितने का है?", "दो सौ पचास रुपये"),
        ("How much is the chicken thukpa?", "two hundred and fifty rupees"),
        ("Chicken thukpa ka price kya hai please?", "दो सौ पचास रुपये"),
    ],
)
async def test_8_a_price_is_given_from_the_menu(words: str, price: str) -> None:
    assert price in await Caller().say(words)


@pytest.mark.parametrize(
    "words",
    ["शादी के लिए कैटरिंग करते हैं क्या?", "Do you do catering for a wedding?", "wedding ke liye catering karte ho kya?"],
)
async def test_9_catering_is_handed_to_a_person(words: str) -> None:
    caller = Caller()
    reply = await caller.say(words)
    assert "manager" in reply or "मैनेजर" in reply
    assert caller.result == "handoff"
    await caller.say("haan ji")
    assert [(reason, phone.e164 if phone else "") for reason, phone in caller.book.follow_ups] == [("event", CALLER)]
    assert not caller.booked


@pytest.mark.parametrize(
    "words",
    [
        "कल रात आठ बजे बीस लोगों के लिए टेबल चाहिए",
        "I need a table for twenty people tomorrow at 8 pm",
        "kal 8 pm 20 logon ki table book karo",
    ],
)
async def test_10_a_party_of_twenty_is_handed_to_a_person(words: str) -> None:
    caller = Caller()
    reply = await caller.say(words)
    assert "manager" in reply or "मैनेजर" in reply
    await caller.say("yes haan")
    assert not caller.booked
    assert caller.result == "handoff"
    assert caller.context.outcome == "fallback"

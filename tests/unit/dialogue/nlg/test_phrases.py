"""The phrase table: complete, speakable, and plain about what it asks."""

from __future__ import annotations

import re
import string
from datetime import date, datetime, time
from pathlib import Path

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.booking.rules import Rule
from vartalaap.core.floor import Area, Said
from vartalaap.core.language import LANGUAGES, Language
from vartalaap.dialogue.acts import Act, PhraseKey
from vartalaap.dialogue.nlg import phrases as module
from vartalaap.dialogue.nlg.phrases import Phraser, load_phrases, sentences
from vartalaap.dialogue.policy import refusals
from vartalaap.services.tts.normal import normalise

from ..caller import existing

PHRASES = load_phrases()
SOURCES = [path.read_text(encoding="utf-8") for path in Path(module.__file__).parent.parent.rglob("*.py")]
_AREAS = (Area(id="roof", hi="छत", en="rooftop"), Area(id="hall", hi="हॉल", en="hall"))
DEMO = test_business().model_copy(update={"areas": _AREAS})
PLACE = f"{DEMO.location.address}, {DEMO.location.landmark}"
"""In the owner's own words, with figures."""
TODAY = date(2026, 11, 25)
EXAMPLES: dict[str, object] = {
    "day": date(2026, 11, 28), "soon": date(2026, 11, 26), "weekday": date(2026, 11, 30), "time": time(19, 30),
    "last": time(21, 30), "people": 4, "people_can": 6, "number": 6, "notice": 30, "guest": "Rohit",
    "digits": "9876543210", "starts": (datetime(2026, 11, 26, 18, 0), datetime(2026, 11, 26, 21, 0)),
    "bookings": (existing(date(2026, 11, 28), time(20, 0), 2),), "dishes": DEMO.menu.items[:3],
    "prices": DEMO.menu.items[:2], "cheapest": 180, "dearest": 240, "categories": ["Momos", "Drinks"],
    "hours": ((time(11, 0), time(22, 30)),), "timetable": (((1, 2, 3), ((time(11, 0), time(22, 30)),)),),
    "open_days": (1, 2, 3, 4, 5, 6), "closed_days": (0,), "said": "momos", "answer": "Yes, there is.",
    "when": datetime(2026, 11, 28, 20, 0), "thing": "send_menu", "intent": "cancel",
    "area": "roof", "areas": ("hall",), "note": Said(hi="दिवाली", en="Diwali"),
    "changes": {"time": time(20, 30), "party_size": 6},
}  # fmt: skip
ASKED: dict[PhraseKey, str] = {
    "ask_day": r"which day|किस दिन", "ask_time": r"what time|कितने बजे", "ask_party_size": r"how many people|कितने लोग",
    "ask_name": r"\bname\b|नाम", "ask_phone": r"number|नंबर", "read_back": r"shall i confirm|सही है",
    "confirm_again": r"confirm|सही है", "confirm_yes_or_no": r"confirm|पक्का",
    "ask_more": r"anything else|और कुछ", "cancel_which_is_it": r"shall i|पक्का",
    "move_read_back": r"shall i|सही है", "offer_times": r"what time|कितने बजे", "offer_day": r"which day|किस दिन",
}  # fmt: skip
"""What a question must name, so that it can be told which one it is."""
OTHER_SLOTS = {
    "phone": r"phone|mobile|number|नंबर|फ़ोन", "name": r"\bname\b|नाम", "party": r"how many|people|कितने लोग",
}  # fmt: skip


def spoken(key: PhraseKey, language: Language, variant: int = 0) -> str:
    return Phraser("call", DEMO).words(Act(key, EXAMPLES), language, TODAY, variant)


def test_every_phrase_exists_in_every_language() -> None:
    for key, ways in PHRASES.items():
        assert set(ways) == set(LANGUAGES), key
        assert all(ways[language] and all(way.strip() for way in ways[language]) for language in LANGUAGES), key


def test_every_act_of_the_brain_has_a_phrase_and_every_phrase_is_used() -> None:
    source = "\n".join(SOURCES)
    used = {key for key in PHRASES if re.search(rf'"{key}"', source)}
    derived = {key for key in PHRASES if key.endswith("_again") and key.removesuffix("_again") in PHRASES}
    assert set(PHRASES) == used | derived
    mentioned = set(re.findall(r'\.say\(\s*"(\w+)"', source)) | set(
        re.findall(r'\.ask\([^"]*?"?\w*"?,\s*"(\w+)"', source)
    )
    assert mentioned <= set(PHRASES)


def test_every_rule_has_its_reason() -> None:
    handed_over = {Rule.PARTY_TOO_LARGE}
    assert set(refusals._REASONS) == set(Rule) - handed_over
    assert set(refusals._REASONS.values()) <= set(PHRASES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_wordings_of_a_phrase_say_the_same_things(language: Language) -> None:
    for key, ways in PHRASES.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(way) if name} for way in ways[language]]
        assert all(names == fields[0] for names in fields), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_has_a_digit_or_an_open_brace(language: Language) -> None:
    for key, ways in PHRASES.items():
        for variant in range(len(ways[language])):
            text = spoken(key, language, variant)
            ours = text.replace(PLACE, "")
            assert not re.search(r"[\d{}]|None", ours), (key, text)
            assert not re.search(r"\d", normalise(text, language)), (key, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_are_short(language: Language) -> None:
    for key, ways in PHRASES.items():
        for variant in range(len(ways[language])):
            assert len(sentences(spoken(key, language, variant))) <= (4 if key == "greeting" else 2), key


def test_hindi_is_feminine_and_written_in_devanagari() -> None:
    for key, ways in PHRASES.items():
        for text in [*ways["hi"], *ways["hinglish"]]:
            assert not re.search(r"(करता|सकता|चाहता|बताता|लेता|देता|करूँगा|पाया) ?(हूँ|हूं)?", text), key
        for text in ways["hi"]:
            latin = re.sub(r"\{\w+\}|WhatsApp", "", text)
            assert not re.search(r"[A-Za-z]", latin), key
    for key, ways in PHRASES.items():
        for text in ways["en"]:
            assert not re.search(r"[\u0900-\u097f]", text), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(ASKED))
def test_a_question_names_what_it_asks_for_and_nothing_else(key: PhraseKey, language: Language) -> None:
    for variant in range(len(PHRASES[key][language])):
        text = spoken(key, language, variant)
        assert text.endswith("?")
        assert text.count("?") == 1
        assert re.search(ASKED[key], text, re.IGNORECASE), text
        for slot, pattern in OTHER_SLOTS.items():
            if not re.search(pattern, ASKED[key], re.IGNORECASE) and not re.search(slot, key):
                assert not re.search(pattern, text, re.IGNORECASE), (slot, text)


def test_the_wording_is_the_same_for_one_call_and_varies_between_calls() -> None:
    words = {Phraser(f"call-{n}", DEMO).words(Act("ask_name"), "hi", TODAY) for n in range(20)}
    assert len(words) > 1
    assert len({Phraser("call-7", DEMO).words(Act("ask_name"), "hi", TODAY) for _ in range(5)}) == 1


def test_the_owner_s_figures_stay_as_written_and_are_said_in_words() -> None:
    text = Phraser("call", DEMO).words(Act("address"), "en", TEST_NOW.date())
    assert PLACE in text
    said = normalise(text, "en")
    assert "Shop twelve" in said
    assert "one one zero, zero two four" in said


@pytest.mark.parametrize(
    ("language", "answer", "said"),
    [
        ("en", "The package is ₹25,000.", "The package is twenty-five thousand rupees."),
        ("en", "Rs. 1,500 per plate", "one thousand five hundred rupees per plate."),
        ("en", "From 7:30 pm to 11:00 pm", "From half past seven in the evening to eleven at night."),
        ("en", "011-40001234", "zero one one, four zero zero zero, one two three four."),
        ("hi", "पैकेज ₹25,000 का है", "पैकेज पच्चीस हज़ार रुपये का है।"),
        ("hi", "1,500 रुपये", "डेढ़ हज़ार रुपये।"),
        ("hi", "The package is ₹1.5 lakh.", "The package is one and a half lakh rupees."),
    ],
)
def test_an_owner_s_answer_reaches_the_voice_with_its_figures_whole(language: Language, answer: str, said: str) -> None:
    text = Phraser("call", DEMO).words(Act("faq", {"answer": answer}), language, TODAY)
    assert answer.rstrip(".") in text
    assert normalise(text, language) == said


def test_sentences_end_where_they_end() -> None:
    assert sentences("जी। आपका शुभ नाम?") == ["जी।", "आपका शुभ नाम?"]
    assert sentences("A plate is ₹5. Anything else?") == ["A plate is ₹5.", "Anything else?"]
    assert sentences("It is Rs. 1,500 at Shop No. 12.") == ["It is Rs. 1,500 at Shop No. 12."]
    assert sentences("We are at M. G. Road. Anything else?") == ["We are at M. G. Road.", "Anything else?"]

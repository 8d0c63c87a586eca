"""How well the owner's answers are found, and how often a wrong one is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from vartalaap.core.business import Faq
from vartalaap.dialogue.nlu.readers import faqs as faq

from ...caller import Caller

FILE = Path(__file__).parent / "faqs.txt"


@dataclass
class Questions:
    """What callers of one business ask, with the answer that is right; None if there is none."""

    faqs: list[Faq] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)


def read_questions() -> dict[str, Questions]:
    businesses: dict[str, Questions] = {}
    current, answer = Questions(), None
    for line in FILE.read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "business":
            current = businesses[rest] = Questions()
        elif kind == "faq":
            question, _, answer = rest.partition(" | ")
            current.faqs.append(Faq(question=question, answer=answer))
        elif kind == "none":
            answer = None
        elif line.startswith("  "):
            current.asked.append((line.strip(), answer))
    return businesses


BUSINESSES = read_questions()


def outcomes(questions: Questions) -> tuple[list[str], list[str], list[str]]:
    """Questions answered rightly, answered wrongly, and left unanswered although there is an answer."""
    right: list[str] = []
    wrong: list[str] = []
    missed: list[str] = []
    for text, answer in questions.asked:
        given = faq.find(questions.faqs, text)
        if given is not None:
            (right if given == answer else wrong).append(text)
        elif answer is not None:
            missed.append(text)
    return right, wrong, missed


@pytest.mark.parametrize(("name", "floor"), [("restaurant", 0.9), ("cafe", 0.9), ("clinic", 0.9), ("dhaba", 0.5)])
def test_answers_are_found_and_none_is_wrong(name: str, floor: float) -> None:
    right, wrong, missed = outcomes(BUSINESSES[name])
    assert not wrong
    assert len(right) / (len(right) + len(missed)) >= floor, missed


def test_there_are_questions_enough_to_tell() -> None:
    asked = [answer for questions in BUSINESSES.values() for _, answer in questions.asked]
    assert len(asked) >= 120
    assert sum(answer is None for answer in asked) >= 40


@pytest.mark.parametrize(
    "words",
    [
        "gaadi late hai, 8 nahi 9 baje 4 log",
        "Saturday 8 pm for two, it is my kid's birthday",
        "मेरा नाम जैन है, कल चार लोग",
    ],
)
async def test_a_booking_that_names_a_thing_is_no_question_about_it(words: str) -> None:
    caller = Caller()
    reply = await caller.say(words)
    assert "market" not in reply
    assert "onion" not in reply
    assert "high chairs" not in reply


async def test_two_questions_at_once_get_two_answers() -> None:
    reply = await Caller().say("क्या आपके यहाँ बच्चों के लिए हाई चेयर है और पार्किंग भी है?")
    assert "high chairs" in reply
    assert "paid parking" in reply


def test_one_question_is_not_taken_for_two() -> None:
    double = [
        text for questions in BUSINESSES.values() for text, _ in questions.asked if faq.find_two(questions.faqs, text)
    ]
    assert not double

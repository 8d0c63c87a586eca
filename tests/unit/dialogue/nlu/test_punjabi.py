"""A language that came as lines of the tables alone: Punjabi's yes, no, and the numbers from one to ten."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from vartalaap.core.business import Business
from vartalaap.dialogue.nlu import Expectation, answer_yes_no, read_phone, understand
from vartalaap.dialogue.nlu.readers.numbers import read_number
from vartalaap.dialogue.nlu.text.tokens import listen

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
HOUSE = Business(id="dhaba", name="Dhaba")
GURMUKHI = ["ਇੱਕ", "ਦੋ", "ਤਿੰਨ", "ਚਾਰ", "ਪੰਜ", "ਛੇ", "ਸੱਤ", "ਅੱਠ", "ਨੌਂ", "ਦਸ"]
ROMANISED = ["ik", "do", "tinn", "char", "panj", "chhe", "satt", "atth", "nau", "das"]


@pytest.mark.parametrize("word", [*GURMUKHI, "ਆਹੋ", "ਨਹੀਂ", "ਠੀਕ"])
def test_a_word_in_gurmukhi_is_one_token(word: str) -> None:
    assert len(listen(f"{word} {word}").tokens) == 2


@pytest.mark.parametrize(("word", "value"), [*zip(GURMUKHI, range(1, 11)), *zip(ROMANISED, range(1, 11))])  # noqa: B905 - ten each
def test_the_numbers_from_one_to_ten_are_read(word: str, value: int) -> None:
    assert read_number(word) == value
    people = understand(word, now=NOW, business=HOUSE, expecting=Expectation("party_size")).party_size
    assert people == value


@pytest.mark.parametrize("said", ["ਹਾਂ", "ਹਾਂ ਜੀ", "ਹਾਂਜੀ", "ਜੀ ਹਾਂ", "ਆਹੋ", "ਠੀਕ ਹੈ", "ਬਿਲਕੁਲ", "aaho", "aaho ji", "haan ji"])
def test_a_yes_is_one_and_is_explained_whole(said: str) -> None:
    assert answer_yes_no(said) == "yes"
    heard = understand(said, now=NOW, business=HOUSE, expecting=Expectation("confirm"))
    assert (heard.answer, heard.unexplained) == ("yes", 0)


@pytest.mark.parametrize("said", ["ਨਹੀਂ", "ਨਹੀਂ ਜੀ", "ਜੀ ਨਹੀਂ", "ਨਾ ਜੀ", "ਨਾਂਹ", "nahin ji", "na ji", "nai ji"])
def test_a_no_is_one(said: str) -> None:
    assert answer_yes_no(said) == "no"


def test_a_telephone_number_may_be_said_in_it() -> None:
    phone = read_phone("ਨੌਂ ਅੱਠ ਸੱਤ ਛੇ ਪੰਜ ਚਾਰ ਤਿੰਨ ਦੋ ਇੱਕ ਇੱਕ")
    assert phone is not None
    assert phone.digits == "9876543211"

"""Callers who want nothing ill are never taken for attackers, however their wishes are put together."""

from random import Random

import pytest
from eval.ordinary import sentence

from vartalaap.dialogue.nlu import understand
from vartalaap.dialogue.nlu.attacks.frames import is_attack

from ..hear.conftest import DEMO, NOW


def test_a_sentence_of_each_tongue_is_said_in_full() -> None:
    chance = Random(2)
    said = [sentence(chance) for _ in range(200)]
    assert len(set(said)) > 190
    assert not any(set("{}|") & set(text) or "  " in text for text in said)


def test_no_ordinary_sentence_is_an_attack() -> None:
    chance = Random(1)  # other sentences than the odds are fitted to
    assert [text for text in (sentence(chance) for _ in range(4000)) if is_attack(text)] == []


_NEVER = {"cancel", "wrong_number", "stop_messages", "dont_record", "what_data", "abuse", "bye", "attack"}


@pytest.mark.parametrize("wish", ["hi_book", "d_book", "e_book"])
def test_a_wish_for_a_table_is_no_other_wish(wish: str) -> None:
    chance = Random(wish)
    said = [sentence(chance, wish) for _ in range(400)]
    wrong = [text for text in said if _NEVER & {i.name for i in understand(text, now=NOW, business=DEMO).intents}]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("what time is my wife's table booked for", "book"),
        ("kal wali booking pakki hui ki nahi", "book"),
        ("where has my parcel got to", "delivery"),
        ("the soup came late and the waiter was rude", "complaint"),
        ("बिल में ज्यादा पैसे लगाए, ऑर्डर गलत आया", "complaint"),
        ("put me through to whoever is in charge", "person"),
        ("chef se baat ho sakti hai", "person"),
        ("kya mera number store karte ho", "what_data"),
        ("mera number kahin mat likhna", "what_data"),
    ],
)
def test_wishes_that_sound_like_others(text: str, wish: str) -> None:
    assert wish in {i.name for i in understand(text, now=NOW, business=DEMO).intents}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("find my wife's table booking", "cancel"),
        ("note down that my son is allergic to nuts", "what_data"),
        ("bas itna note kar lo ki chair chahiye", "bye"),
        ("where has my parcel got to", "address"),
        ("I left my umbrella under the table", "book"),
        ("do you do happy hours", "hours"),
        ("add one more masala chai", "change"),
    ],
)
def test_wishes_that_are_not_there(text: str, wish: str) -> None:
    assert wish not in {i.name for i in understand(text, now=NOW, business=DEMO).intents}

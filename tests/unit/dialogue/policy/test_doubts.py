"""What is doubtful is said back at once; dates that do not exist, a second table, and what counts on."""

from __future__ import annotations

from dataclasses import replace

from vartalaap.dialogue.nlu.understanding import Understanding

from ..caller import CALLER, Caller

OWN = CALLER[-10:]


async def test_a_date_that_does_not_exist_is_named_and_the_day_asked_again() -> None:
    caller = Caller()
    reply = await caller.say("I want to book a table", "table for four on 31st November at 8 pm")
    assert "thirtieth of November" in reply
    assert "day" in reply
    await caller.say("the 29th then", "Anil", "same number", "yes")
    assert caller.booked == [("2026-11-29", "20:00", 4, "Anil", OWN)]


async def test_a_date_that_does_not_exist_is_never_booked() -> None:
    caller = Caller()
    await caller.say("table for four on 31st November at 8 pm", "Anil", "same number", "yes")
    assert caller.booked == []


async def test_two_tables_asked_for_in_one_breath_are_both_booked() -> None:
    caller = Caller()
    reply = await caller.say(
        "a table for 2 tomorrow at 8 pm and another for 6 on Sunday at 1 pm", "Anil", "same number", "yes"
    )
    assert "other table" in reply
    assert "Sunday the twenty-ninth" in reply
    await caller.say("yes")
    assert caller.booked == [
        ("2026-11-26", "20:00", 2, "Anil", OWN),
        ("2026-11-29", "13:00", 6, "Anil", OWN),
    ]


async def test_the_day_after_what_was_told_is_counted_from_it() -> None:
    caller = Caller()
    await caller.say("a table for two on Saturday at 8 pm", "Anil", "same number", "no, the day after that", "yes")
    assert caller.booked == [("2026-11-29", "20:00", 2, "Anil", OWN)]


async def test_an_hour_later_is_counted_from_the_time_that_was_told() -> None:
    caller = Caller()
    await caller.say("kal 7 baje 2 log", "Anil", "isi number pe", "ek ghanta baad", "haan")
    assert caller.booked == [("2026-11-26", "20:00", 2, "Anil", OWN)]


async def test_what_was_asked_for_and_rather_guessed_is_said_back_at_once() -> None:
    for sure, said in ((0.4, True), (0.95, False)):
        caller = Caller()
        await caller.say("I want to book a table", "tomorrow at 8 pm")
        reply = await _doubting(caller, "five", sure)
        assert ("I heard a table for five" in reply) is said
        assert "name" in reply


async def _doubting(caller: Caller, text: str, sure: float) -> str:
    """What is answered to an utterance whose value is as sure as that."""
    conversation = caller.call._conversation
    listen = conversation._understand  # type: ignore[attr-defined]

    def understand(said: object) -> Understanding:
        heard: Understanding = listen(said)
        return replace(heard, sure={**heard.sure, "party_size": sure}, rivals={})

    conversation._understand = understand  # type: ignore[attr-defined]
    return await caller.say(text)

"""The parts put together without speech: a call in writing on a real database."""

from __future__ import annotations

from pathlib import Path

from tests.support.book import TEST_NOW, test_business
from vartalaap.bootstrap import open_office, text_call
from vartalaap.config import Settings, load_settings
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber

CALLER = PhoneNumber("+919876501234")


def own_settings(folder: Path) -> Settings:
    return load_settings(data_dir=folder)


async def test_a_standing_opt_out_holds_from_the_start_of_the_next_call(tmp_path: Path, url: str) -> None:
    async with open_office(load_settings(data_dir=tmp_path, database_url=url), Clock(TEST_NOW)) as office:
        await office.businesses.put(test_business())
        first = await office.context(test_business(), "call-1", CALLER, "phone")
        assert not first.privacy_opt_out
        first.add_turn("caller", "do not record this", "en")
        first.consent = first.consent.objects(TEST_NOW, "en")
        await office.call_log.save(first.ended("resolved"))
        assert (await office.context(test_business(), "call-2", CALLER, "phone")).privacy_opt_out
        assert not (await office.context(test_business(), "call-3", None, "phone")).privacy_opt_out


async def test_a_call_in_writing_without_a_moment_of_its_own_begins_at_clock_start(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, clock_start=TEST_NOW)
    async with text_call(test_business(), None, CALLER, (), settings) as call:
        said = await call.say("a table for two tomorrow at eight in the evening, Meera, same number")
    assert "twenty-sixth of November" in " ".join(sentence.text for sentence in said)


async def test_three_calls_in_writing_book_and_answer_exactly(tmp_path: Path) -> None:
    settings = own_settings(tmp_path)
    async with text_call(test_business(), TEST_NOW, CALLER, (), settings) as call:
        await call.greet()
        for words in (
            "Good afternoon, a table for six on Sunday at one o'clock please",
            "The name is Farida Khan",
            "nine eight one one zero, zero one one double two",
            "yes that is right",
        ):
            await call.say(words)
        record, row = await call.finish()
    assert not any("WhatsApp" in turn.text for turn in record.context.turns)  # nothing could send it
    (booking,) = record.context.made
    assert (booking.date.isoformat(), booking.time.hour, booking.party_size) == ("2026-11-29", 13, 6)
    assert (booking.guest.name, booking.guest.number.national) == ("Farida Khan", "9811001122")
    assert row
    assert (row["result"], row["outcome"]) == ("booked", "resolved")
    async with text_call(test_business(), TEST_NOW, CALLER, (), settings) as call:
        said = " ".join(
            s.text for s in await call.say("Till what time are you open on Friday, and what is the address?")
        )
        assert "half past ten" in said
        assert "Lajpat Nagar" in said
    async with text_call(test_business(), TEST_NOW, booking.guest.phone, (booking,), settings) as call:
        await call.say("meri booking cancel kar do")
        await call.say("haan cancel kar dijiye")
        record, _ = await call.finish()
    assert record.context.cancelled == [booking.id]

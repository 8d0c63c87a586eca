"""Booking: any order, corrections, telephone numbers, refusals, and nothing saved that was not read back."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.support.book import MemoryBook, test_business
from vartalaap.core.context import Utterance
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import ProviderError

from ..caller import CALLER, Caller, book_with, existing

OWN = CALLER[-10:]
TABLE = "kal raat 8 baje 4 logon ke liye table book karo"


@pytest.mark.parametrize(
    "order",
    [
        ["table chahiye", "kal", "8 baje", "4 log", "Anil Mehra", "9811112222", "haan"],
        ["mera naam Anil Mehra hai, table chahiye", "4 log", "kal 8 baje", "9811112222", "haan"],
        ["4 logon ki table", "raat 8 baje", "kal", "Anil Mehra", "9811 112 222", "haan ji"],
        ["a table for 4 people tomorrow at 8 pm, my name is Anil Mehra, my number is 9811112222", "yes"],
    ],
)
async def test_the_slots_may_come_in_any_order(order: list[str]) -> None:
    caller = Caller()
    await caller.say(*order)
    assert caller.booked == [("2026-11-26", "20:00", 4, "Anil Mehra", "9811112222")]


async def test_everything_is_read_back_before_it_is_saved() -> None:
    caller = Caller()
    reply = await caller.say(TABLE, "Anil", "9811112222")
    for part in ("twenty-six November", "रात आठ बजे", "चार लोगों", "Anil", "nine eight one one one"):
        assert part in reply
    assert not caller.booked
    assert "book हो गई" in await caller.say("haan")
    assert caller.booked


async def test_a_yes_before_the_read_back_books_nothing() -> None:
    caller = Caller()
    await caller.say(TABLE, "haan haan book kar do", "yes confirm")
    assert not caller.booked


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ("nahi, 8:30 baje", ("2026-11-26", "20:30", 4, "Anil", OWN)),
        ("nahi 6 log hain", ("2026-11-26", "20:00", 6, "Anil", OWN)),
        ("kal nahi, parso", ("2026-11-27", "20:00", 4, "Anil", OWN)),
        ("naam Sunil hai, Anil nahi", ("2026-11-26", "20:00", 4, "Sunil", OWN)),
        ("nahi number 9822233344 hai", ("2026-11-26", "20:00", 4, "Anil", "9822233344")),
    ],
)
async def test_a_correction_at_the_read_back_is_acknowledged_and_read_back_again(
    correction: str, expected: tuple[str, str, int, str, str]
) -> None:
    caller = Caller()
    before = await caller.say(TABLE, "Anil", "isi number pe")
    reply = await caller.say(correction)
    assert reply.startswith(("जी,", "अच्छा,", "Okay,"))
    assert reply.endswith(before[-10:])
    assert not caller.booked
    await caller.say("haan")
    assert caller.booked == [expected]


async def test_yes_with_a_new_value_is_read_back_again() -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe", "haan lekin 6 log honge")
    assert not caller.booked
    assert "छह लोगों" in caller.last


async def test_no_at_the_read_back_asks_what_to_change() -> None:
    caller = Caller()
    assert "change" in await caller.say(TABLE, "Anil", "isi number pe", "nahi")
    assert "कितने बजे" in await caller.say("time galat hai")
    await caller.say("9 baje", "haan")
    assert [booked[1] for booked in caller.booked] == ["21:00"]


async def test_what_was_not_heard_cannot_be_agreed_to() -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe")
    caller.context.turns[-1].text = "एक बार repeat"  # the caller cut it short
    caller.context.turns[-1].interrupted = True
    reply = await caller.say("haan")
    assert not caller.booked
    assert "Anil" in reply
    await caller.say("haan")
    assert caller.booked


async def test_a_question_at_the_read_back_leaves_it_open() -> None:
    caller = Caller()
    reply = await caller.say(TABLE, "Anil", "isi number pe", "wahan parking hai kya?")
    assert "parking" in reply
    assert "सही है" in reply
    await caller.say("haan")
    assert caller.booked


@pytest.mark.parametrize("words", ["achha parking hai kya?", "ok, is there parking?", "अच्छा, पार्किंग है?"])
async def test_an_achha_that_leads_in_a_question_is_no_yes(words: str) -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe", words)
    assert not caller.booked
    await caller.say("haan")
    assert caller.booked


async def test_a_yes_beside_a_question_is_answered_and_asked_once_more() -> None:
    caller = Caller()
    reply = await caller.say(TABLE, "Anil", "isi number pe", "haan sahi hai, parking hai kya?")
    assert not caller.booked
    assert reply.endswith("?")
    await caller.say("haan")
    assert caller.booked


REFUSALS = [
    "ok, we will see another day", "theek hai main baad mein phone karti hoon", "fine, I need to ask at home first",
    "achha rehne dijiye phir", "right, but do not book anything yet", "okay we are going to eat at my sister's place",
    "ji mujhe pehle apne pati se poochna padega", "theek hai, kahin aur dekh lete hain", "ठीक है, अभी नहीं, फिर देखेंगे",
    "अच्छा मैं सोच कर बताती हूँ", "ok thank you, that was all I wanted to know", "hmm ok it is a bit late for the kids",
    "alright let me talk to my friends about it", "yes but not on that day", "sure, if my boss agrees I will call you",
    "haan lekin hum paanch ho sakte hain", "theek hai to phir hum nahi aa rahe", "done, I do not want it any more",
]  # fmt: skip


@pytest.mark.parametrize("said", REFUSALS)
async def test_a_yes_with_words_that_are_no_part_of_it_books_nothing(said: str) -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe", said)
    assert not caller.booked


AGREEMENTS = [
    "haan", "ji bilkul", "yes please go ahead", "haan ji sahi hai, kar dijiye", "perfect, book it", "yes that is right",
    "theek hai pakka kar do", "हाँ जी बुक कर दीजिए", "ठीक है, पक्का", "sounds good thank you", "correct, please confirm",
    "haan raat aath baje hi", "yes for four people", "ok done", "jee haan likh lijiye", "बिल्कुल सही",
]  # fmt: skip


@pytest.mark.parametrize("said", AGREEMENTS)
async def test_a_yes_and_nothing_else_books(said: str) -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe", said)
    assert caller.booked


async def test_a_table_that_went_in_the_meantime_is_not_said_to_be_booked() -> None:
    caller = Caller(book=MemoryBook())
    await caller.say("28 November ko shaam 6 baje 4 log ki table", "Anil", "isi number pe")
    for n in range(4):
        other = existing(date(2026, 11, 28), time(18, 0), 10, phone=f"+91900000000{n}", ref=f"x{n}")
        caller.book.bookings[other.id] = other
    reply = await caller.say("haan")
    assert "हो गई" not in reply
    assert "कितने बजे" in reply
    assert not caller.context.made
    assert caller.result == "refused"


async def test_a_number_may_come_in_pieces() -> None:
    caller = Caller()
    assert "आगे" in await caller.say(TABLE, "Anil", "98111")
    await caller.say("12222", "haan")
    assert [booked[4] for booked in caller.booked] == ["9811112222"]


async def test_a_number_that_is_short_is_asked_for_again() -> None:
    caller = Caller()
    assert "नौ" in await caller.say(TABLE, "Anil", "981111222")
    await caller.say("9811112222", "haan")
    assert [booked[4] for booked in caller.booked] == ["9811112222"]


async def test_a_number_that_cannot_be_valid_is_refused() -> None:
    caller = Caller()
    assert "valid" in await caller.say(TABLE, "Anil", "1234567890")
    assert not caller.context.made


async def test_who_gives_no_number_twice_is_offered_the_one_of_the_call() -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "umm woh kahin likha hua hai", "dhoondh raha hoon")
    assert "लूँ" in caller.last
    await caller.say("haan theek hai")
    assert "सही है?" in caller.last
    await caller.say("haan")
    assert [booked[4] for booked in caller.booked] == [OWN]


async def test_an_anonymous_caller_has_no_own_number() -> None:
    caller = Caller(number=None)
    assert "number" in await caller.say(TABLE, "Anil", "isi number pe")
    await caller.say("9811112222", "haan")
    assert [booked[4] for booked in caller.booked] == ["9811112222"]


async def test_a_name_that_is_hardly_one_is_taken_the_second_time() -> None:
    caller = Caller()
    await caller.say(TABLE, "namaste", "Tseringma Dolkarla")
    assert "number" in caller.last


async def test_a_party_above_the_limit_of_the_busy_hours_gets_other_times() -> None:
    caller = Caller()
    reply = await caller.say("Saturday raat 8 baje 8 logon ke liye table book karni hai")
    assert "छह लोगों तक" in reply
    assert caller.result == "refused"
    await caller.say("haan", "Anil", "isi number pe", "haan")
    assert len(caller.booked) == 1
    assert caller.result == "booked"


async def test_a_smaller_party_is_accepted_after_the_offer_of_a_person() -> None:
    caller = Caller()
    await caller.say("kal 1 baje 15 logon ki table", "nahi nahi, 10 log hi aayenge", "Anil", "isi number pe", "haan")
    assert [booked[2] for booked in caller.booked] == [10]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("26 January ko 8 baje 2 log ki table book karo", "तीस दिन"),
        ("aaj subah 11 baje ki table book karo 2 log", "निकल चुका"),
        ("aaj 2:15 pm pe table book karo 2 logon ki", "आधा घंटा"),
        ("kal raat 10 baje 2 log ki table book karo", "साढ़े नौ"),
    ],
)
async def test_each_rule_is_refused_in_words(words: str, reason: str) -> None:
    caller = Caller()
    assert reason in await caller.say(words)
    assert caller.last.endswith("?")
    assert caller.result == "refused"


async def test_who_wants_nothing_that_is_offered_is_let_go() -> None:
    caller = Caller()
    await caller.say("Monday ko table book karni hai 2 log ki", "nahi")
    assert "किस दिन" in caller.last
    assert "नहीं करती" in await caller.say("nahi")
    assert caller.result == "refused"


async def test_the_slot_that_was_refused_is_the_only_one_that_has_to_be_said_again() -> None:
    caller = Caller()
    await caller.say("Monday raat 8 baje 2 log ki table", "Wednesday", "Anil", "isi number pe", "haan")
    assert [booked[:3] for booked in caller.booked] == [("2026-12-02", "20:00", 2)]


async def test_a_slot_can_be_opened_again_before_the_read_back() -> None:
    caller = Caller()
    assert "कितने बजे" in await caller.say(TABLE, "time change karna hai")


async def test_a_special_closure_offers_the_next_open_day() -> None:
    caller = Caller(business=test_business(special_closures=["2026-11-28"]))
    assert "Sunday, twenty-nine November" in await caller.say("Saturday ko table book karni hai 2 log ki")
    await caller.say("haan", "8 baje", "Anil", "isi number pe", "ji haan")
    assert [booked[0] for booked in caller.booked] == ["2026-11-29"]


async def test_a_day_and_a_date_that_disagree_are_asked_about() -> None:
    caller = Caller()
    reply = await caller.say("Friday 28 November ko 8 baje 2 log ki table book karo")
    assert "match" in reply
    assert "किस दिन" in reply


async def test_two_tables_can_be_booked_in_one_call() -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe", "haan")
    await caller.say("ek aur table book karni hai, Sunday dopahar 1 baje 2 log", "haan")
    assert [booked[0] for booked in caller.booked] == ["2026-11-26", "2026-11-29"]
    assert len(caller.context.made) == 2


async def test_a_whole_new_table_after_a_booking_is_a_second_one() -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe", "haan", "Sunday dopahar 1 baje 2 log ki table book karo", "haan")
    assert [booked[0] for booked in caller.booked] == ["2026-11-26", "2026-11-29"]


async def test_who_asks_for_a_table_is_told_once_that_there_is_one() -> None:
    caller = Caller()
    first = await caller.say("kya kal 8 baje 4 logon ke liye table milegi?")
    assert first.startswith("जी,")
    assert not (await caller.say("Anil")).startswith("जी,")


async def test_confirming_once_more_books_nothing_more() -> None:
    caller = Caller()
    await caller.say(TABLE, "Anil", "isi number pe", "haan", "haan book kar do")
    assert len(caller.booked) == 1
    assert "हो चुकी" in caller.last


async def test_a_booking_can_be_dropped() -> None:
    caller = Caller()
    await caller.say(TABLE, "cancel kar do, nahi chahiye", "nahi")
    assert caller.result == "no_booking"
    assert caller.context.closing


async def test_who_does_not_want_it_any_more_is_not_asked_on() -> None:
    caller = Caller()
    await caller.say(TABLE, "rehne do, nahi chahiye")
    assert "नहीं करती" in caller.last


async def test_a_wish_is_passed_on_and_not_promised() -> None:
    caller = Caller()
    reply = await caller.say(f"{TABLE}, window wali aur cake bhi")
    assert "कोशिश" in reply
    await caller.say("Anil", "isi number pe", "haan")
    assert caller.context.made[0].notes == "cake, window table"
    assert caller.book.follow_ups == []


async def test_another_reading_of_the_speech_may_be_the_right_one() -> None:
    caller = Caller()
    await caller.say("kal 8 baje table book karo")
    conversation = caller.call._conversation
    async for _ in conversation.reply(Utterance("char locks", alternatives=("chaar log",))):
        pass
    assert caller.expecting == "name"


class _NoFollowUps(MemoryBook):
    async def allow_whatsapp(self, business_id: str, call_id: str, phone: PhoneNumber) -> None:
        raise ProviderError("the outbox is away")


async def test_a_booking_is_told_even_if_its_message_cannot_be_prepared() -> None:
    caller = Caller(book=_NoFollowUps())
    await caller.say(TABLE, "Anil", "isi number pe", "haan")
    assert len(caller.booked) == 1
    assert "book हो गई" in caller.last
    assert "WhatsApp" not in caller.last
    assert caller.consent == "transcript"


class _Notes(MemoryBook):
    async def ask_person(
        self, business_id: str, call_id: str, reason: str, summary: str, phone: PhoneNumber | None
    ) -> None:
        self.follow_ups.append((summary, phone))


async def test_the_owner_learns_what_the_party_wants() -> None:
    caller = Caller(book=_Notes())
    await caller.say("kal raat 8 baje 20 logon ki table book karo", "haan")
    assert [summary for summary, _ in caller.book.follow_ups] == [
        "Wants a table for 20, Thu 26 Nov, 20:00; asked to be called back"
    ]


async def test_a_seat_is_not_counted_against_the_booking_that_is_moved() -> None:
    business = test_business(total_seats=4)
    caller = Caller(business=business, book=book_with(existing(date(2026, 11, 27), time(20, 0), 4)))
    await caller.say("meri booking 8:30 baje kar do, change karna hai", "haan")
    assert [booked[1] for booked in caller.booked] == ["20:30"]

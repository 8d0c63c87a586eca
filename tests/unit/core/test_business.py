"""When a caller can be connected to a person."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from tests.support.book import test_business
from vartalaap.core.business import Business, Handoff

IST = ZoneInfo("Asia/Kolkata")


def business(**handoff: object) -> Business:
    return test_business().model_copy(update={"handoff": Handoff.model_validate(handoff)})


@pytest.mark.parametrize(
    ("at", "answers"),
    [("2026-11-25T10:59", False), ("2026-11-25T11:00", True), ("2026-11-25T22:29", True), ("2026-11-25T22:30", False),
     ("2026-11-23T13:00", False)],
)  # fmt: skip
def test_without_hours_of_its_own_the_telephone_is_answered_while_the_business_is_open(at: str, answers: bool) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=IST)
    assert business(phone_number="+919810000000").person_answers(moment) is answers
    assert not business().person_answers(moment), "without a number nobody answers"


@pytest.mark.parametrize(
    ("at", "answers"), [("2026-11-23T19:00", True), ("2026-11-24T01:59", True), ("2026-11-24T02:00", False)]
)
def test_hours_of_its_own_may_pass_midnight_and_hold_on_closed_days(at: str, answers: bool) -> None:
    handoff = business(phone_number="+919810000000", hours={"monday": "18:00-02:00"})
    assert handoff.person_answers(datetime.fromisoformat(at).replace(tzinfo=IST)) is answers


def test_the_moment_is_read_on_the_business_s_clock() -> None:
    assert business(phone_number="+919810000000").person_answers(datetime.fromisoformat("2026-11-25T05:30+00:00"))


@pytest.mark.parametrize(
    "wrong", [{"phone_number": "12"}, {"ring_seconds": 4}, {"ring_seconds": 61}, {"ring_seconds": "25"}]
)
def test_a_wrong_handoff_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Handoff.model_validate(wrong)

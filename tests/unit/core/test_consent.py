"""The state machine of consent against the rules, in any order of events (R52-R63)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from vartalaap.core.consent import NOTICES, PURPOSES, Consent
from vartalaap.core.language import LANGUAGES, Language

NOW = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


class Calls(RuleBasedStateMachine):
    """Whatever is said, in whatever order; what must hold is kept as plain facts beside the machine's state."""

    def __init__(self) -> None:
        super().__init__()
        self.consent = Consent()
        self.at = NOW
        self.spoke = self.objected = self.refused = self.purpose = self.gave = False
        self.language: Language = "hi"

    @initialize(objected=st.booleans(), refused=st.booleans())
    def a_caller_of_whom_something_is_remembered(self, objected: bool, refused: bool) -> None:
        self.consent = Consent(objected=objected, no_messages=refused)
        self.objected, self.refused = objected, refused

    @rule(seconds=st.integers(0, 60), language=st.sampled_from(LANGUAGES))
    def time_passes(self, seconds: int, language: Language) -> None:
        self.at += timedelta(seconds=seconds)
        self.language = language

    @rule(notice=st.sampled_from(sorted(NOTICES)))
    def we_tell(self, notice: str) -> None:
        self.consent = self.consent.told(notice, "0" * 12, self.at, self.language)
        self.purpose |= notice in PURPOSES

    @rule()
    def we_say_something_else(self) -> None:
        assert self.consent.told("ask_name", "", self.at, self.language) is self.consent

    @rule()
    def the_caller_speaks(self) -> None:
        self.consent = self.consent.goes_on(self.at, self.language)
        self.spoke = True

    @rule()
    def the_caller_gives_a_number(self) -> None:
        self.consent = self.consent.gives_number(self.at, self.language)
        self.gave |= self.spoke and self.purpose and not (self.objected or self.refused)

    @rule()
    def the_caller_objects(self) -> None:
        self.consent = self.consent.objects(self.at, self.language)
        self.objected = True

    @rule()
    def the_caller_wants_no_messages(self) -> None:
        self.consent = self.consent.refuses_messages(self.at, self.language)
        self.refused = True

    @invariant()
    def nothing_is_kept_of_who_never_spoke(self) -> None:
        assert (self.consent.keeps == "nothing") == (not self.spoke)

    @invariant()
    def words_are_kept_only_of_who_went_on_and_never_objected(self) -> None:
        assert (self.consent.keeps == "words") == (self.spoke and not self.objected)
        assert (self.consent.kind == "none") == (self.consent.keeps != "words")

    @invariant()
    def a_message_needs_a_number_that_was_given_after_its_purpose_and_no_withdrawal(self) -> None:
        allowed = self.gave and not (self.objected or self.refused)
        assert (self.consent.kind == "whatsapp") == allowed
        assert self.consent.messages_allowed == (not (self.objected or self.refused))

    @invariant()
    def the_receipt_says_what_follows_and_nothing_else_is_in_it(self) -> None:
        receipt = self.consent.receipt()
        assert (receipt is None) == (self.consent.keeps != "words")
        if receipt:
            assert receipt["consent"] == self.consent.kind
            assert ("whatsapp_message" in str(receipt["follows"])) == (self.consent.kind == "whatsapp")
            assert set(json.loads(json.dumps(receipt))) == {"consent", "follows", "steps"}

    @invariant()
    def steps_are_in_the_order_of_time(self) -> None:
        times = [step.at for step in self.consent.steps]
        assert times == sorted(times)


TestCalls = Calls.TestCase


@pytest.mark.parametrize("standing", [Consent(objected=True), Consent(no_messages=True)])
def test_what_is_remembered_is_not_said_again_to_be_remembered(standing: Consent) -> None:
    later = standing.goes_on(NOW, "en")
    assert (later.objected_here, later.refused_messages_here) == (False, False)


def test_a_receipt_tells_what_was_said_when_and_in_which_language() -> None:
    consent = Consent().told("greeting", "abc", NOW, "hi").goes_on(NOW, "hi").told("ask_phone", "def", NOW, "en")
    assert consent.gives_number(NOW, "en").receipt() == {
        "consent": "whatsapp",
        "follows": ["transcript", "entities", "whatsapp_message"],
        "steps": [
            {"step": "told", "at": NOW.isoformat(), "language": "hi", "notice": "greeting", "wording": "abc"},
            {"step": "went_on", "at": NOW.isoformat(), "language": "hi"},
            {"step": "told", "at": NOW.isoformat(), "language": "en", "notice": "ask_phone", "wording": "def"},
            {"step": "gave_number", "at": NOW.isoformat(), "language": "en"},
        ],
    }

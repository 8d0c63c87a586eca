"""A signed request counts once; the carrier's repeat of it is answered, with nothing that it could not have before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import Forbidden
from vartalaap.security.replays import SeenWebhooks
from vartalaap.security.tokens import PendingCall, PendingCalls

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
URL = "https://bot.example.in/plivo/answer"
FIELDS = {"CallUUID": ["1"], "Direction": ["inbound"]}
CALL = PendingCall("plivo", "call-1", PhoneNumber("+919876543210"))


def test_a_signature_is_new_then_a_repeat_then_a_replay() -> None:
    seen = SeenWebhooks()
    assert not seen.admit("n", URL, FIELDS, NOW)
    assert seen.admit("n", URL, FIELDS, NOW + timedelta(seconds=59))
    with pytest.raises(Forbidden):
        seen.admit("n", URL, FIELDS, NOW + timedelta(seconds=60))
    assert not seen.admit("other", URL, FIELDS, NOW)


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        (URL, {"CallUUID": ["1Directioninbound"]}),
        (URL, {**FIELDS, "CallUUID": ["1", "1"]}),
        (f"{URL}?CallUUID=1", {"Direction": ["inbound"]}),
        (URL, {}),
    ],
)
def test_a_repeat_has_the_very_fields_of_the_first(url: str, fields: dict[str, list[str]]) -> None:
    seen = SeenWebhooks()
    seen.admit("n", URL, FIELDS, NOW)
    with pytest.raises(Forbidden, match="other fields"):
        seen.admit("n", url, fields, NOW)
    assert seen.admit("n", URL, FIELDS, NOW), "and the carrier's own repeat is still one"


def test_the_memory_ends_with_the_day_and_with_its_size() -> None:
    seen = SeenWebhooks(most=10)
    for number in range(50):
        seen.admit(str(number), URL, FIELDS, NOW)
    assert len(seen) == 10
    assert not seen.admit("49", URL, FIELDS, NOW + timedelta(hours=24))
    assert len(seen) == 1


def test_a_repeated_answer_names_the_same_token_and_a_used_one_stays_used() -> None:
    calls = PendingCalls()
    token = calls.register(CALL, NOW, "nonce-1")
    assert calls.register(CALL, NOW, "nonce-1") == token
    assert calls.register(CALL, NOW, "nonce-2") == token  # unused: a retry with a nonce of its own
    calls.redeem(token, "plivo", NOW)
    for nonce in ("nonce-1", "nonce-2"):
        again = calls.register(CALL, NOW + timedelta(seconds=30), nonce)
        with pytest.raises(Forbidden):
            calls.redeem(again, "plivo", NOW + timedelta(seconds=30))
    fresh = calls.register(CALL, NOW + timedelta(seconds=30), "nonce-3")  # the carrier asks again, in the same call
    assert calls.redeem(fresh, "plivo", NOW + timedelta(seconds=30)) == CALL

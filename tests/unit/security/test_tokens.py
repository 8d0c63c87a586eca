"""Stream tokens: single use, 60 seconds, bounded in number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import Forbidden
from vartalaap.security.tokens import Carrier, PendingCall, PendingCalls

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
CALL = PendingCall("plivo", "call-1", PhoneNumber("+919812345678"))


def test_a_token_gives_its_call_once() -> None:
    calls = PendingCalls()
    token = calls.register(CALL, NOW)
    assert calls.redeem(token, "plivo", NOW) == CALL
    with pytest.raises(Forbidden, match="already used"):
        calls.redeem(token, "plivo", NOW)


def test_a_token_is_good_for_less_than_sixty_seconds() -> None:
    calls = PendingCalls()
    token = calls.register(CALL, NOW)
    with pytest.raises(Forbidden, match="expired"):
        calls.redeem(token, "plivo", NOW + timedelta(seconds=60))
    assert calls.redeem(token, "plivo", NOW + timedelta(seconds=59)) == CALL


def test_a_token_of_one_carrier_is_unknown_to_another_and_stays_good() -> None:
    calls = PendingCalls()
    pairs: tuple[tuple[Carrier, Carrier], ...] = (("plivo", "twilio"), ("twilio", "plivo"))
    for carrier, other in pairs:
        call = PendingCall(carrier, "call-1", CALL.caller)
        token = calls.register(call, NOW)
        with pytest.raises(Forbidden, match="unknown"):
            calls.redeem(token, other, NOW)
        assert calls.redeem(token, carrier, NOW) == call


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(Forbidden, match="unknown"):
        PendingCalls().redeem("guess", "plivo", NOW)


def test_a_repeated_webhook_gets_the_same_token_and_a_fresh_minute() -> None:
    calls = PendingCalls()
    token = calls.register(CALL, NOW)
    assert calls.register(CALL, NOW + timedelta(seconds=30)) == token
    assert len(calls) == 1
    assert calls.redeem(token, "plivo", NOW + timedelta(seconds=80)) == CALL


def test_a_webhook_repeated_after_the_stream_opened_does_not_revive_the_used_token() -> None:
    calls = PendingCalls()
    token = calls.register(CALL, NOW)
    calls.redeem(token, "plivo", NOW)
    assert calls.register(CALL, NOW) != token
    with pytest.raises(Forbidden, match="already used"):
        calls.redeem(token, "plivo", NOW)


def test_tokens_do_not_repeat_and_say_nothing_of_the_call() -> None:
    calls = PendingCalls()
    tokens = {calls.register(PendingCall("plivo", f"call-{n}", CALL.caller), NOW) for n in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 32 and "9812345678" not in token and "call-" not in token for token in tokens)


def test_expired_tokens_are_forgotten_and_the_number_is_bounded() -> None:
    calls = PendingCalls(limit=5)
    tokens = [calls.register(PendingCall("plivo", f"call-{n}", None), NOW) for n in range(8)]
    assert len(calls) == 5
    with pytest.raises(Forbidden):
        calls.redeem(tokens[0], "plivo", NOW)
    assert calls.redeem(tokens[7], "plivo", NOW).call_id == "call-7"
    calls.register(CALL, NOW + timedelta(seconds=61))
    assert len(calls) == 1

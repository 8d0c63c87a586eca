"""A gate opens and closes by what a server says, and rests a model that fails."""

from __future__ import annotations

from vartalaap.services.limits import FAILURES_TO_REST, FIRST_REST_SECONDS, LONGEST_REST_SECONDS, Gate

TOKENS = 1000


def test_a_gate_is_open_until_a_server_says_that_little_is_left() -> None:
    gate = Gate()
    assert gate.is_open(TOKENS, 0.0)
    gate.told({"x-ratelimit-remaining-tokens": "2500", "x-ratelimit-reset-tokens": "7.66s"}, 0.0)
    gate.asked(TOKENS)
    assert gate.is_open(TOKENS, 1.0)
    gate.asked(TOKENS)
    assert not gate.is_open(TOKENS, 1.0)
    assert gate.is_open(TOKENS, 7.7)


def test_requests_are_counted_as_well() -> None:
    gate = Gate()
    gate.told({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "2m59.56s"}, 0.0)
    gate.asked(TOKENS)
    assert not gate.is_open(TOKENS, 179.0)
    assert gate.is_open(TOKENS, 180.0)


def test_headers_that_make_no_sense_say_nothing() -> None:
    gate = Gate()
    gate.told({"x-ratelimit-remaining-tokens": "none", "x-ratelimit-reset-tokens": "soon"}, 0.0)
    gate.told({"x-ratelimit-remaining-tokens": "0"}, 0.0)
    gate.told({"x-ratelimit-remaining-tokens": "0" * 5000, "x-ratelimit-reset-tokens": "9" * 5000}, 0.0)
    assert gate.is_open(TOKENS, 0.0)


def test_a_limit_lasts_as_long_as_the_server_says_in_whichever_way_it_says_so() -> None:
    for headers, message, until in (
        ({"retry-after": "3"}, "", 3.0),
        ({}, "Rate limit reached. Please try again in 5.289s.", 5.289),
        ({}, "Please try again in 1m2s.", 62.0),
        ({}, "no word about it", 2.0),
    ):
        gate = Gate()
        gate.limited(headers, message, 0.0)
        assert not gate.is_open(TOKENS, until - 0.01)
        assert gate.is_open(TOKENS, until)


def test_failures_in_a_row_close_it_for_longer_each_time_and_a_success_forgives_them() -> None:
    gate, now = Gate(), 0.0
    for _ in range(FAILURES_TO_REST - 1):
        gate.failed(now)
    assert gate.is_open(TOKENS, now)
    gate.failed(now)
    assert not gate.is_open(TOKENS, FIRST_REST_SECONDS - 1)
    now = FIRST_REST_SECONDS
    assert gate.is_open(TOKENS, now)
    gate.failed(now)
    assert not gate.is_open(TOKENS, now + 2 * FIRST_REST_SECONDS - 1)
    for _ in range(30):
        gate.failed(now)
    assert gate.is_open(TOKENS, now + LONGEST_REST_SECONDS)
    gate.succeeded()
    gate.failed(now + LONGEST_REST_SECONDS)
    assert gate.is_open(TOKENS, now + LONGEST_REST_SECONDS)

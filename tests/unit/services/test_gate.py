"""A gate opens and closes by what a server says, and rests a model that fails."""

from __future__ import annotations

import pytest

from tests.unit.services.test_breaker import Hands
from vartalaap.services.breaker import FAILURES_TO_REST
from vartalaap.services.gate import REST, Gate

TOKENS = 1000


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def gate(clock: Hands) -> Gate:
    return Gate(clock)


def test_a_gate_is_open_until_a_server_says_that_little_is_left(gate: Gate, clock: Hands) -> None:
    assert gate.let_through(TOKENS)
    gate.told({"x-ratelimit-remaining-tokens": "2500", "x-ratelimit-reset-tokens": "7.66s"})
    assert gate.let_through(TOKENS)
    clock.seconds += 1
    assert gate.let_through(TOKENS)
    assert not gate.let_through(TOKENS)
    clock.seconds += 6.7
    assert gate.let_through(TOKENS)


def test_requests_are_counted_as_well(gate: Gate, clock: Hands) -> None:
    gate.told({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "2m59.56s"})
    assert gate.let_through(TOKENS)
    clock.seconds += 179
    assert not gate.let_through(TOKENS)
    clock.seconds += 1
    assert gate.let_through(TOKENS)


def test_headers_that_make_no_sense_say_nothing(gate: Gate) -> None:
    gate.told({"x-ratelimit-remaining-tokens": "none", "x-ratelimit-reset-tokens": "soon"})
    gate.told({"x-ratelimit-remaining-tokens": "0"})
    gate.told({"x-ratelimit-remaining-tokens": "0" * 5000, "x-ratelimit-reset-tokens": "9" * 5000})
    assert gate.let_through(TOKENS)


@pytest.mark.parametrize(
    ("headers", "message", "until"),
    [
        ({"retry-after": "3"}, "", 3.0),
        ({}, "Rate limit reached. Please try again in 5.289s.", 5.289),
        ({}, "Please try again in 1m2s.", 62.0),
        ({}, "no word about it", 2.0),
    ],
)
def test_a_limit_lasts_as_long_as_the_server_says_in_whichever_way_it_says_so(
    headers: dict[str, str], message: str, until: float, gate: Gate, clock: Hands
) -> None:
    gate.limited(headers, message)
    clock.seconds += until - 0.01
    assert not gate.let_through(TOKENS)
    clock.seconds += 0.02
    assert gate.let_through(TOKENS)


def test_failures_in_a_row_close_it_for_longer_each_time_and_a_success_forgives_them(gate: Gate, clock: Hands) -> None:
    for _ in range(FAILURES_TO_REST):
        assert gate.let_through(TOKENS)
        gate.failed()
    for rest in (REST.first, 2 * REST.first):
        clock.seconds += rest - 1
        assert not gate.let_through(TOKENS)
        clock.seconds += 1
        assert gate.let_through(TOKENS)
        gate.failed()
    for _ in range(30):
        gate.failed()
    clock.seconds += REST.longest
    assert gate.let_through(TOKENS)
    gate.succeeded()
    gate.failed()
    assert gate.let_through(TOKENS)


def test_after_a_rest_one_question_tries_and_the_others_go_elsewhere(gate: Gate, clock: Hands) -> None:
    for _ in range(FAILURES_TO_REST):
        gate.failed()
    clock.seconds += REST.first
    assert gate.let_through(TOKENS)
    assert not gate.let_through(TOKENS)


def test_a_question_that_is_not_let_through_is_not_counted(gate: Gate, clock: Hands) -> None:
    gate.told({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "10s"})
    gate.limited({"retry-after": "1"}, "")
    assert not gate.let_through(TOKENS)
    clock.seconds += 1.1
    assert gate.let_through(TOKENS)

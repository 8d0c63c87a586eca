"""When a failing provider is asked and when it is left alone."""

from __future__ import annotations

import pytest

from vartalaap.backoff import Backoff
from vartalaap.services.breaker import Breaker


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def breaker(clock: Hands) -> Breaker:
    return Breaker(clock, 3, Backoff(10, 40))


def break_it(breaker: Breaker) -> None:
    for _ in range(3):
        assert breaker.let_through()
        breaker.failed()


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    break_it(breaker)
    assert breaker.is_open
    assert not breaker.let_through()


def test_a_success_begins_the_count_anew(breaker: Breaker) -> None:
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.let_through()


def test_after_its_rest_one_request_is_let_through(breaker: Breaker, clock: Hands) -> None:
    break_it(breaker)
    clock.seconds += 10
    assert not breaker.is_open
    assert breaker.let_through()
    assert not breaker.let_through()


def test_a_trial_that_succeeds_closes_it(breaker: Breaker, clock: Hands) -> None:
    break_it(breaker)
    clock.seconds += 10
    assert breaker.let_through()
    breaker.succeeded()
    assert breaker.let_through()
    assert breaker.let_through()


def test_a_trial_that_fails_is_followed_by_a_longer_rest(breaker: Breaker, clock: Hands) -> None:
    break_it(breaker)
    clock.seconds += 10
    assert breaker.let_through()
    clock.seconds += 1
    breaker.failed()
    clock.seconds += 19.9
    assert not breaker.let_through()
    clock.seconds += 0.2
    assert breaker.let_through()


def test_its_rests_grow_up_to_the_longest(breaker: Breaker, clock: Hands) -> None:
    break_it(breaker)
    for rest in (10, 20, 40, 40):
        clock.seconds += rest - 0.1
        assert breaker.is_open
        clock.seconds += 0.1
        assert breaker.let_through()
        breaker.failed()


def test_a_trial_whose_end_is_never_told_gives_way_to_another(breaker: Breaker, clock: Hands) -> None:
    break_it(breaker)
    clock.seconds += 10
    assert breaker.let_through()
    clock.seconds += 10
    assert breaker.let_through()

"""Buckets and lock-outs on a clock that is set by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vartalaap.backoff import Backoff
from vartalaap.security.limits import Lockout, LockoutRule, TokenBuckets, network_of


class Hand:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_minute_s_worth_may_come_at_once_and_then_one_after_another() -> None:
    hand = Hand()
    buckets = TokenBuckets(60, seconds=hand)
    assert [buckets.take("a") for _ in range(60)] == [0.0] * 60
    assert buckets.take("a") == 1.0
    assert buckets.take("b") == 0.0
    hand.at = 0.5
    assert buckets.take("a") == 0.5
    hand.at = 1.0
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == 1.0


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60), st.integers(1, 40))
def test_nobody_gets_more_than_a_full_bucket_and_what_time_gives(pauses: list[float], per_minute: int) -> None:
    hand = Hand()
    buckets = TokenBuckets(per_minute, seconds=hand)
    served = 0
    for pause in pauses:
        hand.at += pause
        wait = buckets.take("a")
        served += wait == 0.0
        assert served <= per_minute + hand.at * per_minute / 60 + 1e-6
        assert 0.0 <= wait <= 60 / per_minute + 1e-9


def test_whoever_waits_as_long_as_told_is_served() -> None:
    hand = Hand()
    buckets = TokenBuckets(7, seconds=hand)
    while not (wait := buckets.take("a")):
        pass
    hand.at += wait + 1e-9
    assert buckets.take("a") == 0.0


def test_names_without_end_take_no_memory_without_end() -> None:
    buckets, lockout = TokenBuckets(5, most_names=100), Lockout(LockoutRule(free=1), most_names=100)
    for number in range(1000):
        buckets.take(str(number))
        lockout.wrong(str(number))
    assert len(buckets) == len(lockout) == 100


def test_an_ipv6_customer_is_one_however_many_addresses_it_uses() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::4") != network_of("2001:db8:1:2::4")
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1") == "10.0.0.1"
    assert network_of(None) == "unknown"
    assert network_of("testclient") == "testclient"


def test_each_further_wrong_guess_doubles_the_wait_up_to_the_longest() -> None:
    hand = Hand()
    lockout = Lockout(LockoutRule(free=3, lock=Backoff(30, 200)), seconds=hand)
    assert [lockout.wrong("a") for _ in range(3)] == [False, False, True]
    waits = []
    for _ in range(5):
        waits.append(lockout.seconds_left("a"))
        hand.at += lockout.seconds_left("a")
        assert lockout.seconds_left("a") == 0.0
        lockout.wrong("a")
    assert waits == [30, 60, 120, 200, 200]
    assert lockout.seconds_left("b") == 0.0


def test_a_right_guess_or_a_quiet_hour_forgets_the_wrong_ones() -> None:
    hand = Hand()
    lockout = Lockout(LockoutRule(free=2, lock=Backoff(30, 900)), seconds=hand)
    lockout.wrong("a")
    lockout.right("a")
    assert not lockout.wrong("a")
    hand.at += 3601
    assert not lockout.wrong("a")

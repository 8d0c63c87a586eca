"""What a call may send: the speed of speech with room to spare, a burst after a stall, and no flood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.errors import ProtocolError
from vartalaap.services.telephony.inflow import BURST_SECONDS, CHANNELS, LEAST, PER_SECOND, Channel, Inflow, Tally

FRAME: dict[Channel, int] = {"phone": 400, "browser": 160}
"""Of 20 ms: a carrier's message in characters, our page's in bytes."""
EACH = pytest.mark.parametrize("channel", CHANNELS)


def frames(channel: Channel, seconds: float, speed: float = 1.0) -> Iterator[tuple[int, float]]:
    """(size, time) of each frame of so many seconds."""
    for number in range(int(50 * speed * seconds)):
        yield FRAME[channel], number / (50 * speed)


@EACH
def test_a_call_at_the_speed_of_speech_is_heard_to_its_end(channel: Channel) -> None:
    inflow = Inflow(channel)
    assert all(inflow.admits(size, now) for size, now in frames(channel, 900, speed=1.05))


@EACH
def test_ten_seconds_that_were_held_back_are_heard_and_so_is_what_follows(channel: Channel) -> None:
    tally = Tally()
    inflow = Inflow(channel, tally)
    assert all(inflow.admits(FRAME[channel], 12.0) for _ in range(500))
    assert all(inflow.admits(size, 12.02 + now) for size, now in frames(channel, 60))
    assert not tally.left_out


@EACH
def test_after_a_longer_stall_some_is_left_out_and_the_call_goes_on(channel: Channel) -> None:
    tally = Tally()
    inflow = Inflow(channel, tally)
    heard = sum(inflow.admits(FRAME[channel], 15.0) for _ in range(750))
    assert heard == 500
    assert tally.left_out[channel] == 250
    assert all(inflow.admits(size, 15.5 + now) for size, now in frames(channel, 60))
    assert not tally.floods


@EACH
@pytest.mark.parametrize("speed", [3.0, 300.0])
def test_who_goes_on_sending_more_than_anybody_says_is_a_flood(channel: Channel, speed: float) -> None:
    tally = Tally()
    inflow = Inflow(channel, tally)
    with pytest.raises(ProtocolError) as flood:
        _ = [inflow.admits(size, now) for size, now in frames(channel, 60, speed)]
    assert flood.value.close_code == 1008
    assert tally.floods == {channel: 1}


@EACH
def test_the_smallest_messages_count_as_well(channel: Channel) -> None:
    inflow = Inflow(channel)
    most = int(PER_SECOND[channel] * BURST_SECONDS / LEAST[channel])
    assert [inflow.admits(1, 0.0) for _ in range(most + 1)] == [True] * most + [False]


@given(st.lists(st.tuples(st.integers(1, 16_000), st.floats(0, 3)), max_size=200))
def test_nobody_is_heard_for_more_than_the_burst_and_the_time_that_passed(sent: list[tuple[int, float]]) -> None:
    inflow, heard, now = Inflow("phone"), 0, 0.0
    for size, pause in sent:
        now += pause
        try:
            heard += size if inflow.admits(size, now) else 0
        except ProtocolError:
            break
        assert heard <= PER_SECOND["phone"] * (BURST_SECONDS + now) + 1e-3

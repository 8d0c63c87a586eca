"""What a session's id gives away, and when a session ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vartalaap.security import sessions

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_ids_are_long_random_and_stored_as_digests_only() -> None:
    ids = {sessions.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == 43 for one in ids)  # 256 bits
    one = ids.pop()
    assert one not in sessions.stored(one)
    assert sessions.form_token(one) not in (sessions.stored(one), one)


@given(st.text(), st.text())
def test_a_form_s_token_belongs_to_one_session(one: str, other: str) -> None:
    assert sessions.same(sessions.form_token(one), sessions.form_token(other)) is (one == other)
    assert not sessions.same(one, "")


def test_a_session_ends_when_idle_and_in_any_case_in_the_end() -> None:
    second = timedelta(seconds=1)
    assert not sessions.is_over(NOW, NOW, NOW + sessions.IDLE - second)
    assert sessions.is_over(NOW, NOW, NOW + sessions.IDLE)
    assert not sessions.is_over(NOW, NOW + sessions.LONGEST - second, NOW + sessions.LONGEST - second)
    assert sessions.is_over(NOW, NOW + sessions.LONGEST, NOW + sessions.LONGEST)

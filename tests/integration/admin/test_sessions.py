"""Sessions in the database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import func, select

from tests.support.book import TEST_NOW
from tests.unit.security.test_limits import Hand
from vartalaap.core.booking.book import Actor
from vartalaap.core.clock import Clock
from vartalaap.db.models import AdminSessionRow
from vartalaap.db.repositories.admin_sessions import AdminSessions
from vartalaap.db.session import Database
from vartalaap.security.sessions import new_id

OWNER = Actor("admin:owner", "10.0.0.1")


async def test_a_session_is_open_for_its_own_login_while_it_is_used(database: Database) -> None:
    hand = Hand()
    kept = AdminSessions(database, Clock(TEST_NOW, monotonic=hand))
    one = new_id()
    await kept.begin(one, "c" * 64, OWNER)
    assert await kept.is_open(one, "c" * 64)
    assert not await kept.is_open(one, "d" * 64)
    assert not await kept.is_open(new_id(), "c" * 64)
    hand.at += 29 * 60
    assert await kept.is_open(one, "c" * 64)
    hand.at += 29 * 60
    assert await kept.is_open(one, "c" * 64)
    hand.at += 30 * 60
    assert not await kept.is_open(one, "c" * 64)


async def test_what_has_run_out_is_cleared_away_at_the_next_login(database: Database) -> None:
    hand = Hand()
    kept = AdminSessions(database, Clock(TEST_NOW, monotonic=hand))
    for _ in range(3):
        await kept.begin(new_id(), "c" * 64, OWNER)
    hand.at += 31 * 60
    await kept.begin(last := new_id(), "c" * 64, OWNER)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(AdminSessionRow)) == 1
    assert await kept.is_open(last, "c" * 64)
    await kept.end(last, OWNER)
    await kept.end(last, OWNER)  # harmless
    assert not await kept.is_open(last, "c" * 64)

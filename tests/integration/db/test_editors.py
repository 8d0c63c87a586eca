"""Several editors of one thing at once: one wins, and the others are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.book import test_business
from vartalaap.core.booking.book import Actor
from vartalaap.core.clock import Clock
from vartalaap.db.models import CallerPreferenceRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.tables import Table
from vartalaap.db.session import Database
from vartalaap.errors import Conflict

EDITORS = 5
OWNER = Actor("admin:owner")


async def _at_once(url: str, edit: Callable[[Database, int], Awaitable[object]]) -> list[object]:
    """What each editor is answered; each has connections of its own."""
    databases = [Database(url) for _ in range(EDITORS)]
    await asyncio.gather(*(database.check() for database in databases))
    edits = (edit(database, number) for number, database in enumerate(databases))
    answers = await asyncio.gather(*edits, return_exceptions=True)
    await asyncio.gather(*(database.close() for database in databases))
    return list(answers)


async def test_of_editors_at_one_version_one_wins(url: str, businesses: Businesses, clock: Clock) -> None:
    _, version = await businesses.with_version("himalayan-kitchen")

    async def rename(own: Database, number: int) -> None:
        await Businesses(own, clock).patch("himalayan-kitchen", {"name": f"Name {number}"}, version, OWNER)

    answers = await _at_once(url, rename)
    assert answers.count(None) == 1
    assert [type(answer) for answer in answers if answer] == [Conflict] * (EDITORS - 1)
    business, now = await businesses.with_version("himalayan-kitchen")
    assert (business.name, now) == (f"Name {answers.index(None)}", version + 1)


async def test_of_editors_who_name_no_version_each_is_counted(url: str, database: Database, clock: Clock) -> None:
    row = CallerPreferenceRow(caller_id_hash="a hash", updated_at=clock.now())
    await Table(database, clock, CallerPreferenceRow).add(row, OWNER)

    async def prefer(own: Database, number: int) -> None:
        await Table(own, clock, CallerPreferenceRow).patch("a hash", {"language": f"{number}"}, None, OWNER)

    assert await _at_once(url, prefer) == [None] * EDITORS
    assert (await Table(database, clock, CallerPreferenceRow).get("a hash")).version == 1 + EDITORS


async def test_processes_that_start_at_once_store_their_business_once(
    url: str, database: Database, clock: Clock
) -> None:
    answers = await _at_once(url, lambda own, _: Businesses(own, clock).put(test_business()))
    assert answers == [None] * EDITORS
    _, version = await Businesses(database, clock).with_version("himalayan-kitchen")
    assert version == 1

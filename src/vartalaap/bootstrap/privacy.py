"""What an owner does about personal data: for the commands, the console and the daily job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from loguru import logger

from ..config import Settings
from ..core.booking.book import Actor
from ..core.clock import Clock
from ..core.phone import PhoneNumber
from ..db.backup import back_up, restore
from ..db.privacy.breach import Affected, affected
from ..db.privacy.copies import open_copies
from ..db.privacy.person import Bookings, Receipt
from ..db.privacy.retention import Purge
from ..db.privacy.rotation import Rotated, Rotation
from ..db.repositories.audit import record_change
from ..development import development_keys
from ..errors import ConfigurationError, VartalaapError
from .office import Office, open_office

OWNER = Actor("command line")
DAILY_JOB = Actor("daily job")
FIRST_PURGE_S = 60.0
"""The first minute belongs to those who waited for the server."""
DAY_S = 24 * 3600.0
Between = tuple[datetime, datetime]


async def purge(office: Office, now: datetime, actor: Actor = DAILY_JOB) -> dict[str, int]:
    """The daily job: what is older than its retention goes. Counts by kind; a second run finds nothing."""
    counts = await Purge(office.database, office.vault, office.clock, office.retention).run(now, actor)
    if any(counts.values()):
        logger.info("personal data past their time were erased", **counts)
    return counts


@asynccontextmanager
async def purging_daily(office: Office) -> AsyncIterator[None]:
    """The daily job beside the server: soon after the start, and every day from then on."""
    job = asyncio.create_task(_purge_daily(office))
    try:
        yield
    finally:
        job.cancel()
        await asyncio.wait([job])


async def _purge_daily(office: Office) -> None:
    await asyncio.sleep(FIRST_PURGE_S)
    while True:
        try:
            await purge(office, office.clock.now())
        except VartalaapError as error:  # tomorrow is another day
            logger.error("personal data past their time could not be erased: {}", error.message)
        await asyncio.sleep(DAY_S)


async def purge_now(settings: Settings) -> dict[str, int]:
    async with open_office(settings, Clock(settings.clock_start)) as office:
        return await purge(office, office.clock.now(), OWNER)


async def erase_number(phone: PhoneNumber, settings: Settings, decide: Callable[[int], Bookings]) -> Receipt:
    """Erase what is held of the number; `decide` is asked what becomes of so many bookings to come."""
    async with open_office(settings, Clock(settings.clock_start)) as office:
        coming = await office.personal_data.coming(phone)
        return await office.personal_data.erase(phone, OWNER, decide(coming) if coming else "keep")


async def export_number(phone: PhoneNumber, settings: Settings) -> dict[str, object]:
    async with open_office(settings, Clock(settings.clock_start)) as office:
        return await office.personal_data.export(phone, OWNER)


async def affected_by_breach(between: Between, settings: Settings, *, reveal: bool) -> list[Affected]:
    async with open_office(settings, Clock(settings.clock_start)) as office:
        return await affected(office.database, office.vault, office.clock, between, OWNER, reveal=reveal)


async def legal_copies(between: Between, settings: Settings) -> AsyncIterator[dict[str, Any]]:
    async with open_office(settings, Clock(settings.clock_start)) as office:
        async for copy in open_copies(office.database, office.vault, office.clock, between, OWNER):
            yield copy


async def rotate_keys(settings: Settings, on_progress: Callable[[Rotated], None]) -> Rotated:
    """Seal and hash anew with the current key and pepper. Raises `ConfigurationError` without a key of our own."""
    if not settings.phone_encryption_key:
        raise ConfigurationError("PHONE_ENCRYPTION_KEY: is not set, so that there is nothing to rotate to")
    async with open_office(settings, Clock(settings.clock_start)) as office:
        last = Rotated()
        async with aclosing(Rotation(office.database, office.vault, office.clock).run(OWNER)) as steps:
            async for so_far in steps:
                on_progress(so_far)
                last = so_far
        return last


async def make_backup(file: Path, settings: Settings) -> int:
    """A sealed copy of the database, taken while the server goes on; its size in bytes."""
    async with open_office(settings, Clock(settings.clock_start)) as office:
        key = backup_keys(settings)[0]
        size = await asyncio.to_thread(back_up, settings.database, file, key, office.clock.now())
        async with office.database.write() as session:
            record_change(session, office.clock, OWNER, "backup", ("database", ""), None, {"bytes": size})
    return size


async def restore_backup(file: Path, settings: Settings, *, force: bool) -> datetime:
    """The backup in the database's place, brought to the present schema; when it was made. The server must not run."""
    made_at = await asyncio.to_thread(restore, settings.database, file, backup_keys(settings), force=force)
    async with open_office(settings, Clock(settings.clock_start)) as office, office.database.write() as session:
        after = {"made_at": made_at.isoformat(timespec="seconds")}
        record_change(session, office.clock, OWNER, "restore", ("database", ""), None, after)
    return made_at


def backup_keys(settings: Settings) -> list[bytes]:
    """The key that seals backups, then those that open older ones."""
    own, key = settings.backup_key, settings.phone_encryption_key
    current = key.get_secret_value() if key else development_keys(settings.data_dir)[0]
    old = (key.get_secret_value() for key in settings.phone_encryption_keys_old.values())
    return [bytes.fromhex(one) for one in (*([own.get_secret_value()] if own else []), current, *old)]

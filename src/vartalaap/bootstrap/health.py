"""What calls depend on, looked at while they are served."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path

from ..config import Settings
from ..db.probe import WriteProbe
from ..db.session import Database
from ..errors import ConfigurationError, ProviderError
from ..services import weights
from ..services.messaging.workers import Workers

CHECK_SECONDS = 4.0
LEAST_DISK = 500_000_000
OK = "ok"


@dataclass(frozen=True, slots=True)
class Dependency:
    """`found` is `ok`, or a sentence that says what is wrong; without an `essential` one no call can be served."""

    name: str
    found: str
    essential: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """Looks, and changes nothing."""

    settings: Settings
    database: Database
    workers: Workers | None
    probe: WriteProbe
    business: str = OK
    """What the start found of the default business."""

    async def check(self) -> list[Dependency]:
        """Each of them, in a fixed order; in a few seconds at most."""
        looks = [_database(self.database, self.probe), _disk(self.settings), _models(self.settings)]
        if self.workers:
            looks.append(_redis(self.workers))
        return [*await asyncio.gather(*looks), Dependency("business", self.business)]


async def _database(database: Database, probe: WriteProbe) -> Dependency:
    async def both() -> None:
        await database.check()
        await probe.check()

    return Dependency("database", await _trouble(both()), essential=True)


async def _disk(settings: Settings) -> Dependency:
    """Warns before the database has to say it."""
    free = await asyncio.to_thread(free_bytes, settings.data_dir)
    enough = OK if free > LEAST_DISK else f"{free / 1e9:.1f} GB free in {settings.data_dir}: make room"
    return Dependency("disk", enough)


async def _models(settings: Settings) -> Dependency:
    """Those of this process are in memory."""
    try:
        await asyncio.to_thread(weights.must_be_there, settings.models_dir, "whisper" in settings.chosen_recognisers)
    except ConfigurationError as error:
        return Dependency("speech models", f"{error.message}; the next start would fail")
    return Dependency("speech models", OK)


async def _redis(workers: Workers) -> Dependency:
    async def seen() -> None:
        if not await workers.seen():
            raise ProviderError("no worker runs")

    trouble = await _trouble(seen())
    return Dependency("redis", trouble if trouble == OK else f"{trouble}: this process sends the messages itself")


async def _trouble(look: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await look
    except ProviderError as error:
        return error.message
    except TimeoutError:
        return "does not answer"
    return OK


def free_bytes(folder: Path) -> int:
    """On the disk that the folder is on, or will be."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free

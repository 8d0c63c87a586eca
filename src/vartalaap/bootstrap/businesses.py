"""Business files into the database and back out."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loguru import logger

from ..config import Settings
from ..core.booking.book import Actor
from ..core.business import Business
from ..core.clock import Clock
from ..db.business_file import dump_business, load_business, parse_business, read_text
from ..errors import ConfigurationError, Conflict, NotFound
from .office import Office, open_office

FILE_IS_WRONG = "the business file is wrong: what was last read of it serves"


async def prepare(settings: Settings) -> Business:
    """Database, keys and business, ready for any number of processes; the default business.

    Raises what the start of each would fail with.
    """
    async with open_office(settings, Clock(settings.clock_start)) as office:
        business, _ = await configured_business(office, settings)
    return business


async def configured_business(office: Office, settings: Settings) -> tuple[Business, str]:
    """The default business, and what is wrong with its file ("" if nothing): then what was last read of it serves.

    The file is read into the database when it changed; else what was edited since stays. One of several processes
    leaves that to their start: it may have come back in the middle of somebody's work on the file.
    Raises `ConfigurationError` if the file is wrong and the database holds no business.
    """
    last, wrong = await office.businesses.last_read(), ""
    try:
        with _named_by_setting():
            text = await asyncio.to_thread(read_text, settings.business_config)
            business = parse_business(text, str(settings.business_config))
        if settings.process is None or last is None:
            if await office.businesses.read_from_file(business, _digest(text)):
                logger.info("business read from its file", business=business.id)
            last = business.id
    except (ConfigurationError, Conflict) as error:
        if last is None:
            raise
        wrong = error.message
    return await _default(office, settings, last), wrong


async def _default(office: Office, settings: Settings, last: str) -> Business:
    try:
        return await office.businesses.get(settings.default_business_id or last)
    except NotFound:
        raise ConfigurationError(
            f"DEFAULT_BUSINESS_ID: {settings.default_business_id} is not in the database: `vartalaap business load` it"
        ) from None


def business_of_file(settings: Settings) -> Business:
    """What `BUSINESS_CONFIG` describes, whatever was edited since. Raises `ConfigurationError`."""
    with _named_by_setting():
        return load_business(settings.business_config)


async def read_business(path: Path, settings: Settings) -> Business:
    """Put a business's file into the database, whatever was edited there. Raises `ConfigurationError`, `Conflict`."""
    business = await asyncio.to_thread(load_business, path)
    async with open_office(settings, Clock(settings.clock_start)) as office:
        overruled = await _overruled(office, business.id, settings)
        await office.businesses.put(business, source=overruled, actor=Actor("command line"))
    return business


async def _overruled(office: Office, business_id: str, settings: Settings) -> str | None:
    """The digest of `BUSINESS_CONFIG` as it is, if it describes this business: a later start does not read it again."""
    try:
        text = await asyncio.to_thread(read_text, settings.business_config)
    except ConfigurationError:
        return None
    try:
        described = parse_business(text, "").id
    except ConfigurationError:
        described = await office.businesses.last_read() or business_id
    return _digest(text) if described == business_id else None


async def show_business(business_id: str | None, settings: Settings) -> str:
    """A business of the database, the default one without an id, as YAML. Raises `NotFound`."""
    async with open_office(settings, Clock(settings.clock_start)) as office:
        wanted = business_id or settings.default_business_id or await office.businesses.last_read() or ""
        return dump_business(await office.businesses.get(wanted))


@contextmanager
def _named_by_setting() -> Iterator[None]:
    """A mistake in the file is said with the setting that leads to it."""
    try:
        yield
    except ConfigurationError as error:
        raise ConfigurationError(f"BUSINESS_CONFIG: {error.message}") from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

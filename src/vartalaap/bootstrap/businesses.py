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
from ..errors import ConfigurationError
from .office import Office, open_office


async def configured_business(office: Office, settings: Settings) -> Business:
    """The default business. Its file is read into the database when it changed; else what was edited since stays."""
    with _named_by_setting():
        text = await asyncio.to_thread(read_text, settings.business_config)
        business = parse_business(text, str(settings.business_config))
    if await office.businesses.source(business.id) != _digest(text):
        await office.businesses.put(business, source=_digest(text))
        logger.info("business read from its file", business=business.id)
    return await office.businesses.get(settings.default_business_id or business.id)


def business_of_file(settings: Settings) -> Business:
    """What `BUSINESS_CONFIG` describes, whatever was edited since. Raises `ConfigurationError`."""
    with _named_by_setting():
        return load_business(settings.business_config)


async def read_business(path: Path, settings: Settings) -> Business:
    """Put a business's file into the database, whatever was edited there. Raises `ConfigurationError`, `Conflict`."""
    text = await asyncio.to_thread(read_text, path)
    business = parse_business(text, str(path))
    async with open_office(settings, Clock(settings.clock_start)) as office:
        await office.businesses.put(business, source=_digest(text), actor=Actor("command line"))
    return business


async def show_business(business_id: str | None, settings: Settings) -> str:
    """A business of the database, the default one without an id, as YAML. Raises `NotFound`."""
    wanted = business_id or settings.default_business_id or business_of_file(settings).id
    async with open_office(settings, Clock(settings.clock_start)) as office:
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

"""The process that sends messages beside the server."""

from __future__ import annotations

import asyncio
import signal

import click
from loguru import logger

from ..bootstrap.messenger import open_messenger
from ..bootstrap.office import open_office
from ..config import Settings, load_settings
from ..core.clock import Clock
from ..errors import ConfigurationError
from ..logging_config import configure_logging
from ..services.metrics import ProviderMetrics
from ..tasks.messages import MessageWorker
from ..tasks.worker import work


@click.command()
def worker() -> None:
    """Send messages on WhatsApp, as Redis tells (REDIS_URL); without Redis the server does that itself."""
    settings = load_settings()
    configure_logging(settings.log_level)
    asyncio.run(_until_ended(settings))


async def _until_ended(settings: Settings) -> None:
    if settings.redis_url is None:
        raise ConfigurationError("REDIS_URL is not set: the server itself sends the messages")
    working = asyncio.create_task(_work(settings, settings.redis_url.get_secret_value()))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    await asyncio.wait([working])
    if not working.cancelled():
        working.result()


async def _work(settings: Settings, redis_url: str) -> None:
    async with (
        open_office(settings, Clock(settings.clock_start)) as office,
        open_messenger(settings, ProviderMetrics()) as messenger,
    ):
        if office.outbox is None or messenger is None:
            raise ConfigurationError("nothing carries messages: set WHATSAPP_TOKEN and what belongs to it")
        logger.info("the worker is ready")
        await work(redis_url, MessageWorker(office.outbox, office.opt_outs, messenger))

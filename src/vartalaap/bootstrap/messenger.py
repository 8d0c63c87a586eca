"""What carries messages: WhatsApp with its keys, a dry run where that is asked for, else nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from ..config import Settings, WhatsAppSettings
from ..core.clock import Clock
from ..core.messages import Messenger
from ..db.models import OutboxRow
from ..db.repositories.announcements import to_binding
from ..db.repositories.outbox import Outbox
from ..db.session import Database
from ..security.crypto import PhoneVault
from ..services.messaging.dry_run import DryRun
from ..services.messaging.texts import text_of
from ..services.messaging.whatsapp import Account, WhatsApp
from ..services.messaging.workers import Workers
from ..services.metrics import ProviderMetrics
from .office import make_vault


@asynccontextmanager
async def open_messenger(settings: WhatsAppSettings, metrics: ProviderMetrics) -> AsyncIterator[Messenger | None]:
    """Closed on the way out."""
    if not settings.messages_go_out:
        yield None
    elif settings.whatsapp_token is None:
        yield DryRun()
    else:
        account = Account(
            settings.whatsapp_base_url,
            settings.whatsapp_api_version,
            settings.whatsapp_phone_number_id,
            settings.whatsapp_token.get_secret_value(),
            settings.whatsapp_template_prefix,
        )
        async with aclosing(WhatsApp(account, metrics)) as whatsapp:
            yield whatsapp


@asynccontextmanager
async def open_workers(settings: WhatsAppSettings) -> AsyncIterator[Workers | None]:
    """The processes elsewhere that send; none without Redis, or without anything that carries messages."""
    if settings.redis_url is None or not settings.messages_go_out:
        yield None
        return
    async with aclosing(Workers(settings.redis_url.get_secret_value())) as workers:
        yield workers


async def listed_messages(settings: Settings, status: str | None, most: int) -> list[str]:
    """The newest first: id, time, kind, status, attempts, masked number, error."""
    vault = make_vault(settings)
    async with _outbox(settings) as outbox:
        return [_line(row, vault) for row in await outbox.listed(status, most)]


async def shown_message(settings: Settings, message_id: str) -> str:
    """Its line, and its text as long as that is kept. Raises `NotFound`."""
    async with _outbox(settings) as outbox:
        row, message = await outbox.opened(message_id)
        return f"{_line(row, make_vault(settings))}\n\n{text_of(message) if message else '(not kept any more)'}"


async def retry_message(settings: Settings, message_id: str) -> bool:
    """Did a dead message become one that waits to be sent?"""
    async with _outbox(settings) as outbox:
        return await outbox.retry(message_id)


@asynccontextmanager
async def _outbox(settings: Settings) -> AsyncIterator[Outbox]:
    database = Database(settings.database)
    try:
        yield Outbox(database, make_vault(settings), Clock(settings.clock_start))
    finally:
        await database.close()


def _line(row: OutboxRow, vault: PhoneVault) -> str:
    to = vault.masked(row.to_sealed, to_binding(row.id)) or "-"
    made = row.created_at.isoformat(" ", "seconds")
    return f"{row.id}  {made}  {row.kind}  {row.status}  attempts={row.attempts}  to={to}  {row.error or ''}".rstrip()

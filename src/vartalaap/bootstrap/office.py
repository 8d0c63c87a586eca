"""The clock, the books and the businesses: what every desk works with, on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from loguru import logger

from ..config import PrivacySettings, Settings
from ..core.booking.caller_desk import Desk
from ..core.business import Business
from ..core.clock import Clock
from ..core.consent import Consent
from ..core.context import CallContext
from ..core.phone import PhoneNumber
from ..db.migrate import upgrade
from ..db.privacy.copies import Copies
from ..db.privacy.person import PersonalData
from ..db.privacy.retention import Retention
from ..db.privacy.rotation import note_new_pepper, seal_plain_words
from ..db.repositories.businesses import Businesses
from ..db.repositories.calls import CallLogStore
from ..db.repositories.follow_ups import FollowUpList
from ..db.repositories.opt_outs import OptOuts
from ..db.repositories.outbox import Outbox
from ..db.repositories.preferences import Preferences
from ..db.repositories.reservations import Reservations
from ..db.session import Database
from ..development import data_folder, development_keys
from ..security.crypto import PhoneVault


@dataclass(frozen=True, slots=True)
class Office:
    """What a desk needs, for all calls: the clock, the books and the businesses."""

    clock: Clock
    database: Database
    businesses: Businesses
    reservations: Reservations
    follow_ups: FollowUpList
    call_log: CallLogStore
    vault: PhoneVault
    retention: Retention = field(default_factory=Retention)
    outbox: Outbox | None = None
    """None where nothing carries messages: then none is written, and none promised to a caller."""

    @property
    def messenger_ready(self) -> bool:
        """May a caller be promised a message?"""
        return self.outbox is not None

    @property
    def opt_outs(self) -> OptOuts:
        return OptOuts(self.database, self.vault, self.clock)

    @property
    def personal_data(self) -> PersonalData:
        """What is held of a number: shown, and erased."""
        return PersonalData(self.database, self.vault, self.clock, Copies(self.vault, self.retention.legal_copies))

    async def context(
        self,
        business: Business,
        call_id: str,
        caller: PhoneNumber | None,
        channel: Literal["phone", "browser", "text"],
    ) -> CallContext:
        """A fresh call, in the business's language; a standing opt-out of the caller holds from the start (R48)."""
        desk = Desk(
            business,
            self.clock,
            self.reservations,
            self.follow_ups,
            call_id=call_id,
            caller=caller,
            rules_now=self.businesses.get,
        )
        context = CallContext(call_id, business, desk, self.clock, caller, channel, business.language.primary)
        if caller:
            async with self.database.read() as session:
                known = await Preferences(session).of(self.vault.hashes(caller))
            if known:
                context.consent = Consent(objected=known.no_transcript, no_messages=known.no_whatsapp)
        context.can_message = self.messenger_ready
        context.words_kept_days = self.retention.transcripts
        context.can_transfer = channel == "phone"
        return context


async def upgrade_database(settings: Settings) -> None:
    """Bring the database to the present schema, its folder made. Raises `ConfigurationError`, `ProviderError`."""
    if not settings.database_url:
        await asyncio.to_thread(data_folder, settings.data_dir)
    await upgrade(settings.database)


@asynccontextmanager
async def open_office(settings: Settings, clock: Clock) -> AsyncIterator[Office]:
    """The database, brought to the present schema, and the repositories on it. Raises `ConfigurationError`."""
    await upgrade_database(settings)
    database = Database(settings.database)
    try:
        vault = make_vault(settings)
        await seal_plain_words(database, vault)
        await note_new_pepper(database, vault, clock)
        outbox = Outbox(database, vault, clock) if settings.messages_go_out else None
        yield Office(
            clock,
            database,
            Businesses(database, clock),
            Reservations(database, vault, clock, outbox),
            FollowUpList(database, vault, clock, outbox),
            CallLogStore(database, vault),
            vault,
            _retention(settings),
            outbox,
        )
    finally:
        await database.close()


def _retention(settings: PrivacySettings) -> Retention:
    return Retention(
        transcripts=settings.retention_transcript_days,
        phones=settings.retention_phone_days,
        reservations=settings.retention_reservation_days,
        legal_copies=settings.retention_legal_copy_days,
    )


def make_vault(settings: Settings) -> PhoneVault:
    """With the configured keys; in development with generated ones, said once."""
    key, pepper, old_pepper = settings.phone_encryption_key, settings.phone_hash_pepper, settings.phone_hash_pepper_old
    if key and pepper:
        key_text, pepper_text = key.get_secret_value(), pepper.get_secret_value()
    else:
        key_text, pepper_text, just_made = development_keys(settings.data_dir)
        if just_made:
            logger.warning("development keys for telephone numbers were generated", folder=settings.data_dir)
    current = settings.phone_encryption_key_id
    old_keys = {name: bytes.fromhex(old.get_secret_value()) for name, old in settings.phone_encryption_keys_old.items()}
    old_peppers = [old_pepper.get_secret_value().encode()] if old_pepper else []
    return PhoneVault(pepper_text.encode(), {current: bytes.fromhex(key_text), **old_keys}, current, old_peppers)

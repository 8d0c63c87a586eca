"""Puts the parts together. The only file that names vendors; application, commands and tests build from it."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from loguru import logger
from pydantic import SecretStr

from .config import Settings, development_keys
from .core.book import Actor, Seating
from .core.business import Business
from .core.clock import Clock
from .core.context import CallContext, CallRecord, Sentence
from .core.desk import Desk
from .core.live_calls import AdmittedCall, LiveCalls
from .core.phone import PhoneNumber
from .core.ports import Brain, Line
from .core.reservations import Booking, Free, TableRequest
from .core.session import CallParts, CallSession
from .core.text_call import TextCall
from .db.business_file import dump_business, load_business, parse_business, read_text
from .db.migrate import upgrade
from .db.models import CallLogRow
from .db.repositories.businesses import SYSTEM, Businesses
from .db.repositories.calls import CallLogStore
from .db.repositories.follow_ups import FollowUpList
from .db.repositories.preferences import CallerPreferences
from .db.repositories.reservations import Reservations
from .db.session import Database
from .dialogue.hybrid import HybridBrain
from .dialogue.llm.conversation import ModelBrain
from .dialogue.local import LocalBrain
from .errors import ProviderError
from .security.auth import AdminLogin, ApiKeys
from .security.crypto import PhoneVault
from .security.tokens import PendingCalls
from .services import weights
from .services.llm.client import ChatClient, Deadlines
from .services.metrics import MeasuredCallLog
from .services.stt.whisper import WhisperRecognizer
from .services.tts.espeak import EspeakSpeech
from .services.vad.silero import SileroVad

KEY_ID = "1"
CHECK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Office:
    """What a desk needs, for all calls: the clock, the books and the businesses."""

    clock: Clock
    database: Database
    businesses: Businesses
    reservations: Reservations
    follow_ups: FollowUpList
    call_log: CallLogStore
    preferences: CallerPreferences
    vault: PhoneVault
    messenger_ready: bool = False
    """No messenger is built in yet: until one is, no message is promised to a caller."""

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
        known = await self.preferences.of(caller) if caller else None
        context.privacy_opt_out = known is not None and known.no_transcript
        context.can_message = self.messenger_ready and not (known and known.no_whatsapp)
        return context


@dataclass(frozen=True, slots=True)
class Parts:
    """The running application."""

    settings: Settings
    office: Office
    brain: Brain
    recogniser: WhisperRecognizer
    voice: EspeakSpeech
    ears: SileroVad
    business: Business
    """The default one."""
    calls: LiveCalls
    pending_calls: PendingCalls
    metrics: MeasuredCallLog
    api_keys: ApiKeys
    admin: AdminLogin

    @property
    def open_to_this_machine(self) -> bool:
        """May programs here use the API without a key?"""
        return self.settings.api_is_open

    @property
    def clock(self) -> Clock:
        return self.office.clock

    async def open_session(
        self,
        line: Line,
        *,
        call_id: str,
        caller: PhoneNumber | None,
        called: PhoneNumber | None = None,
        channel: Literal["phone", "browser"] = "phone",
    ) -> AdmittedCall:
        """A call on this line, for the business that was called; its `run` serves it."""
        business = await self._business_of(called)
        call_parts = CallParts(
            brain=self.brain,
            ears=self.ears,
            recogniser=self.recogniser,
            voice=self.voice,
            log=self.metrics,
            on_failure=_note_failure,
            hints=(business.name, *(item.name for item in business.menu.items)),
            max_seconds=self.settings.max_call_seconds,
        )
        context = await self.office.context(business, call_id, caller, channel)
        return self.calls.admit(CallSession(context, line, call_parts))

    async def business_for(self, business_id: str | None) -> Business:
        """The business of this id, or the default one, as it is configured at this moment. Raises `NotFound`."""
        return await self.office.businesses.get(business_id or self.business.id)

    async def check(self) -> dict[str, str]:
        """Each dependency: `ok`, or what is wrong."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self.office.database.check()
        except (ProviderError, TimeoutError) as error:
            return {"database": str(error) or "does not answer"}
        return {"database": "ok"}

    async def _business_of(self, called: PhoneNumber | None) -> Business:
        """As it is configured at this moment, so that a change applies to the next call (R10)."""
        if called and (business := await self.office.businesses.by_number(called)):
            return business
        return await self.business_for(None)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Parts]:
    """Everything that serves calls, opened, warmed, and closed on the way out."""
    models = settings.models_dir
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(open_office(settings, Clock(settings.clock_start)))
        business = await configured_business(office, settings)
        ears = SileroVad(weights.silero_file())
        recogniser = await asyncio.to_thread(lambda: WhisperRecognizer(weights.whisper_folder(models)))
        stack.callback(recogniser.close)
        voice = EspeakSpeech()
        stack.push_async_callback(voice.aclose)
        await voice.warm()
        await recogniser.warm()
        calls = LiveCalls()
        brain = await stack.enter_async_context(open_brain(settings))
        turns: Counter[str] = brain.turns if isinstance(brain, ModelBrain) else Counter()
        yield Parts(
            settings=settings,
            office=office,
            brain=brain,
            recogniser=recogniser,
            voice=voice,
            ears=ears,
            business=business,
            calls=calls,
            pending_calls=PendingCalls(),
            metrics=MeasuredCallLog(office.call_log, lambda: len(calls), turns),
            api_keys=ApiKeys([key.get_secret_value() for key in settings.api_keys]),
            admin=AdminLogin(settings.admin_username, _secret(settings.admin_password_hash)),
        )


async def configured_business(office: Office, settings: Settings) -> Business:
    """The default business. Its file is read into the database when it changed; else what was edited since stays."""
    path = settings.business_config
    text = await asyncio.to_thread(read_text, path)
    business = parse_business(text, str(path))
    if await office.businesses.source(business.id) != _digest(text):
        await office.businesses.put(business, source=_digest(text))
        logger.info("business read from its file", business=business.id)
    return await office.businesses.get(settings.default_business_id or business.id)


async def read_business(path: Path, settings: Settings) -> Business:
    """Put a business's file into the database, whatever was edited there. Raises `ConfigurationError`, `Conflict`."""
    text = await asyncio.to_thread(read_text, path)
    business = parse_business(text, str(path))
    async with open_office(settings, Clock(settings.clock_start)) as office:
        await office.businesses.put(business, source=_digest(text), actor=Actor("command line"))
    return business


async def show_business(business_id: str | None, settings: Settings) -> str:
    """A business of the database, the default one without an id, as YAML. Raises `NotFound`."""
    wanted = business_id or settings.default_business_id or load_business(settings.business_config).id
    async with open_office(settings, Clock(settings.clock_start)) as office:
        return dump_business(await office.businesses.get(wanted))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@asynccontextmanager
async def open_office(settings: Settings, clock: Clock) -> AsyncIterator[Office]:
    """The database, brought to the present schema, and the repositories on it."""
    await upgrade(settings.database)
    database = Database(settings.database)
    try:
        vault = make_vault(settings)
        yield Office(
            clock,
            database,
            Businesses(database, clock),
            Reservations(database, vault, clock),
            FollowUpList(database, vault, clock),
            CallLogStore(database, vault),
            CallerPreferences(database, vault),
            vault,
        )
    finally:
        await database.close()


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def make_vault(settings: Settings) -> PhoneVault:
    """With the configured keys; in development with generated ones, said once."""
    key, pepper = settings.phone_encryption_key, settings.phone_hash_pepper
    if key and pepper:
        return PhoneVault(pepper.get_secret_value().encode(), {KEY_ID: bytes.fromhex(key.get_secret_value())}, KEY_ID)
    made_key, made_pepper, just_made = development_keys(settings.data_dir)
    if just_made:
        logger.warning("development keys for telephone numbers were generated", folder=settings.data_dir)
    return PhoneVault(made_pepper.encode(), {KEY_ID: bytes.fromhex(made_key)}, KEY_ID)


class TextLine:
    """One call in writing on a database: what `vartalaap chat` talks to."""

    def __init__(self, call: TextCall, office: Office) -> None:
        self._call = call
        self._office = office

    async def greet(self) -> Sequence[Sentence]:
        return await self._call.greet()

    async def say(self, text: str) -> Sequence[Sentence]:
        return await self._call.say(text)

    async def finish(self) -> tuple[CallRecord, dict[str, object] | None]:
        """End the call: its record, and its row as stored, if one was."""
        record = await self._call.finish()
        row = await self._office.call_log.get(record.context.call_id)
        return record, row_as_json(row) if row else None


@asynccontextmanager
async def open_brain(settings: Settings) -> AsyncIterator[Brain]:
    """The brain that `BRAIN` names; with a model, a connection to its server is opened."""
    local, chosen = LocalBrain(), settings.chosen_brain
    if chosen == "local":
        yield local
        return
    keys = [key.get_secret_value() for key in settings.groq_api_key] or [""]
    deadlines = Deadlines(first=settings.groq_first_token_ms / 1000)
    async with aclosing(ChatClient(settings.groq_base_url, keys, settings.groq_models, deadlines)) as model:
        await model.warm()
        yield HybridBrain(local, model) if chosen == "hybrid" else ModelBrain(local, model)


@asynccontextmanager
async def text_call(
    business: Business,
    now: datetime | None,
    caller: PhoneNumber | None,
    existing: Sequence[Booking],
    settings: Settings,
) -> AsyncIterator[TextLine]:
    """A call in writing on a temporary database that holds this business and these bookings."""
    with TemporaryDirectory(prefix="vartalaap-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "database_url": ""})
        async with open_office(own, Clock(now)) as office:
            await office.businesses.put(business)
            for booking in existing:
                await _restore(office, business, booking)
            context = await office.context(business, f"text-{uuid.uuid4()}", caller, "text")
            async with open_brain(settings) as brain:
                yield TextLine(TextCall(context, brain, office.call_log), office)


async def _restore(office: Office, business: Business, booking: Booking) -> None:
    """Put a booking of before the call into the book, whatever the rules say of it today."""
    request = TableRequest(booking.date, booking.time, booking.party_size)
    seating = replace(Seating.of(business, office.clock, request), decide=lambda _: Free(request))
    await office.reservations.add(booking, seating, f"restored|{booking.id}", SYSTEM)


def row_as_json(row: CallLogRow) -> dict[str, object]:
    return row.model_dump(mode="json")


def booking_as_json(booking: Booking) -> dict[str, object]:
    """`{"date", "time", "party_size", "name", "phone"}`; the number in plain: for the tools of development only."""
    return {
        "date": booking.date.isoformat(),
        "time": booking.time.isoformat("minutes"),
        "party_size": booking.party_size,
        "name": booking.guest.name,
        "phone": booking.guest.phone.national,
    }


def _note_failure(call_id: str, error: Exception) -> None:
    logger.opt(exception=error).error("a part of the call failed", call=call_id)

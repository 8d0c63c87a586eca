"""The running application: everything that serves calls, and how it is opened and closed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from loguru import logger

from ..config import Settings
from ..core.admission import LoopLag
from ..core.business import Business
from ..core.clock import Clock
from ..core.live_calls import AdmittedCall, LiveCalls
from ..core.messages import Messenger
from ..core.phone import PhoneNumber
from ..core.ports import Brain, Line, SpeechToText, TextToSpeech, VoiceActivity
from ..core.session import CallParts, CallSession
from ..core.turns import TurnRules
from ..db.probe import WriteProbe
from ..dialogue.llm.conversation import ModelBrain
from ..security.auth import AdminLogin, ApiKeys
from ..security.replays import SeenWebhooks
from ..security.tokens import PendingCalls
from ..services.messaging.workers import Workers
from ..services.metrics import Load, MeasuredCallLog, ProviderMetrics, malformed_frames
from ..services.retrying_call_log import RetryingCallLog
from ..services.telephony.inflow import Tally
from ..services.telephony.line import OpenLines
from ..services.telephony.plivo_rest import PlivoRest
from .brains import open_brain
from .businesses import FILE_IS_WRONG, configured_business
from .carrier import open_carrier
from .health import OK, Health
from .hearing import open_ears, open_recogniser
from .login import admin_login
from .messenger import open_messenger, open_workers
from .office import Office, open_office
from .privacy import purging_daily
from .speaking import open_voice


@dataclass(frozen=True, slots=True)
class Parts:
    """The running application."""

    settings: Settings
    office: Office
    brain: Brain
    recogniser: SpeechToText
    voice: TextToSpeech
    ears: VoiceActivity
    business: Business
    """The default one."""
    calls: LiveCalls
    pending_calls: PendingCalls
    open_lines: OpenLines
    inflow: Tally
    carrier: PlivoRest | None
    """None without Plivo's key."""
    seen_webhooks: SeenWebhooks
    messenger: Messenger | None
    """None where messages are neither sent nor tried out."""
    workers: Workers | None
    """None where this process sends them."""
    health: Health
    metrics: MeasuredCallLog
    api_keys: ApiKeys
    admin: AdminLogin
    admin_password_file: Path | None
    """Where the generated password lies: in development without a configured one."""

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
        """A call on this line, for the business that was called, or one that comes back; its `run` serves it."""
        if back := self.calls.come_back(call_id, line):
            return back
        business = await self.business_called(called)
        call_parts = CallParts(
            brain=self.brain,
            ears=self.ears,
            recogniser=self.recogniser,
            voice=self.voice,
            log=self.metrics,
            on_failure=_note_failure,
            hints=(business.name, *(item.name for item in business.menu.items)),
            rules=TurnRules(words_interrupt=self.settings.barge_in == "words"),
            max_seconds=self.settings.max_call_seconds,
        )
        context = await self.office.context(business, call_id, caller, channel)
        return self.calls.admit(CallSession(context, line, call_parts))

    async def business_for(self, business_id: str | None) -> Business:
        """The business of this id, or the default one, as it is configured at this moment. Raises `NotFound`."""
        return await self.office.businesses.get(business_id or self.business.id)

    async def business_called(self, called: PhoneNumber | None) -> Business:
        """As it is configured at this moment, so that a change applies to the next call (R10)."""
        if called and (business := await self.office.businesses.by_number(called)):
            return business
        return await self.business_for(None)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Parts]:
    """Everything that serves calls, opened, warmed, and closed on the way out."""
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(open_office(settings, Clock(settings.clock_start)))
        await stack.enter_async_context(purging_daily(office))
        business, wrong = await configured_business(office, settings)
        if wrong:
            logger.warning(FILE_IS_WRONG, error=wrong)
        admin, password_file = await admin_login(settings)
        call_log = await stack.enter_async_context(aclosing(RetryingCallLog(office.call_log)))
        lag, providers = await stack.enter_async_context(watched_loop()), ProviderMetrics()
        calls = LiveCalls(settings.most_calls, lambda: lag.seconds)
        voice = await stack.enter_async_context(
            open_voice(settings, providers, office.businesses, calls=lambda: len(calls))
        )
        recogniser = await stack.enter_async_context(open_recogniser(settings, providers))
        brain = await stack.enter_async_context(open_brain(settings))
        turns: Counter[str] = brain.turns if isinstance(brain, ModelBrain) else Counter()
        open_lines = OpenLines()
        workers = await stack.enter_async_context(open_workers(settings))
        load = Load(lambda: len(calls), lambda: calls.refused, lambda: lag.seconds, inflow := Tally())
        yield Parts(
            settings=settings,
            office=office,
            brain=brain,
            recogniser=recogniser,
            voice=voice,
            ears=open_ears(),
            business=business,
            calls=calls,
            pending_calls=PendingCalls(),
            open_lines=open_lines,
            inflow=inflow,
            carrier=await stack.enter_async_context(open_carrier(settings)),
            seen_webhooks=SeenWebhooks(),
            messenger=await stack.enter_async_context(open_messenger(settings, providers)),
            workers=workers,
            health=Health(
                settings,
                office.database,
                workers,
                WriteProbe(settings.database),
                business=FILE_IS_WRONG if wrong else OK,
            ),
            metrics=MeasuredCallLog(call_log, load, turns, providers, malformed_frames(open_lines.malformed)),
            api_keys=ApiKeys([key.get_secret_value() for key in settings.api_keys]),
            admin=admin,
            admin_password_file=password_file,
        )


@asynccontextmanager
async def watched_loop() -> AsyncIterator[LoopLag]:
    """How late the event loop is, while the application runs."""
    lag = LoopLag()
    watching = asyncio.ensure_future(lag.watch())
    try:
        yield lag
    finally:
        watching.cancel()


def _note_failure(call_id: str, error: Exception) -> None:
    logger.opt(exception=error).error("a part of the call failed", call=call_id)

"""The calls of this process: those that are going on, and those that are with the carrier after our part of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .admission import Admission, Awaited
from .business import Business
from .context import CallContext, CallRecord
from .language import Language
from .ports import Line
from .session import CallSession

REMEMBERED_SECONDS = 120.0
"""How long a call whose stream has ended is remembered: the carrier asks within a second, and a telephone rings
at most a minute."""
ASKED_SECONDS = 5.0
"""By then the carrier has asked what comes after a stream or a telephone that rang in vain, or has told of the end."""


Step = Literal["hang_up", "connect", "apologise"]


@dataclass(frozen=True, slots=True)
class AfterStream:
    """What a caller is owed when the audio stream is over and the call is not."""

    step: Step
    """We have said goodbye; a person was agreed on; or the stream broke in the middle of things."""
    business: Business
    language: Language


class LiveCalls:
    """Runs sessions and ends them from outside: by the carrier's word, or when the server goes."""

    def __init__(self, most: int | None = None, lag: Callable[[], float] = lambda: 0.0) -> None:
        """At most `most` at once; none is let in while the event loop is late, which `lag` tells in seconds."""
        self._sessions: dict[str, CallSession] = {}
        self._admission = Admission(self._sessions, most, lag)
        self._after: dict[str, AfterStream] = {}
        self._away: dict[str, CallSession] = {}  # being connected to a person
        self._hung_up: set[str] = set()  # by the carrier's word, before we had ended them
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._asked = Awaited()  # of whom the carrier will ask what comes next, or tell that it is over
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._sessions)

    @property
    def refused(self) -> int:
        """Calls that found no place."""
        return self._admission.refused

    @property
    def draining(self) -> bool:
        """The process is going: the calls that it has go on, and no other is taken."""
        return self._admission.closed

    def drain(self) -> None:
        """From now on take no other call."""
        self._admission.closed = True

    @property
    def unfinished(self) -> int:
        """Calls that would miss this process: going on, let in, ringing a person, about to be asked after or ended."""
        return len(self._sessions) + len(self._admission.expected) + len(self._asked)

    def has_place_for(self, call_id: str) -> bool:
        """May this call begin? If so, its place is kept until its audio comes."""
        return call_id in self._sessions or self.is_away(call_id) or self._admission.admit(call_id)

    def give_up(self, call_id: str) -> None:
        """This call will not begin: its place is free again. Harmless if it has begun."""
        self._admission.gone(call_id)

    def admit(self, session: CallSession) -> AdmittedCall:
        """The session as one that is known here while it runs."""
        return AdmittedCall(session, self)

    async def serve(self, session: CallSession) -> CallRecord:
        """Serve the call to its end. A second stream of a call that is going on takes its place."""
        call_id = session.context.call_id
        if call_id in self._sessions:
            await self._sessions[call_id].hang_up("replaced by a second stream")
        self._forget(call_id)
        self._sessions[call_id] = session
        self._admission.gone(call_id)
        self._asked.drop(call_id)
        self._idle.clear()
        try:
            return await session.run()
        finally:
            if self._sessions.get(call_id) is session:
                del self._sessions[call_id]
                self._remember(session)
            if not self._sessions:
                self._idle.set()

    def after_stream(self, call_id: str) -> AfterStream | None:
        """What comes after the stream of this call; None for a call that is not known here."""
        session = self._sessions.get(call_id)
        return _after(session.context) if session else self._after.get(call_id)

    def is_away(self, call_id: str) -> bool:
        """Is this a call that was handed to a person's telephone, and may come back?"""
        session = self._sessions.get(call_id)
        return call_id in self._away or (session is not None and session.context.transfer == "agreed")

    def come_back(self, call_id: str, line: Line) -> AdmittedCall | None:
        """The session that goes on with a call which nobody answered, on its new line."""
        if not self.is_away(call_id):
            return None
        session = self._away.pop(call_id, None) or self._sessions[call_id]  # whose record is still being written
        return self.admit(session.back_on(line))

    def rings(self, call_id: str, seconds: float) -> None:
        """The carrier rings a person for this caller, and will tell what came of it."""
        self._asked.add(call_id, seconds + ASKED_SECONDS)

    async def stream_over(self, call_id: str) -> None:
        """The carrier says that the stream will not come back, though the call goes on; it will tell of its end."""
        self._asked.add(call_id, ASKED_SECONDS)
        if session := self._sessions.get(call_id):
            await session.hang_up("the stream is over")

    async def hang_up(self, call_id: str, reason: str) -> None:
        """The carrier says that this call is over. Harmless if it is unknown or has ended."""
        self._forget(call_id)
        self._admission.gone(call_id)
        self._asked.drop(call_id)
        if session := self._sessions.get(call_id):
            self._hung_up.add(call_id)
            await session.hang_up(reason)

    def wind_up(self) -> None:
        """Every call ends with the sentence that is being said, and a goodbye (R01)."""
        for session in self._sessions.values():
            session.wind_up()

    async def close(self, seconds: float) -> None:
        """End every call at once; waits for the records, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(session.hang_up("the server is going") for session in self._sessions.values()))
                await self._idle.wait()
        except TimeoutError:
            return  # their records are written by the cancellation that follows

    def _remember(self, session: CallSession) -> None:
        """For a while, and the caller's number (R46) only of a call that may come back."""
        context, call_id = session.context, session.context.call_id
        if call_id in self._hung_up or context.channel != "phone":
            self._hung_up.discard(call_id)
            return
        self._after[call_id] = after = _after(context)
        if call_id not in self._asked:  # nor does a person's telephone ring already
            self._asked.add(call_id, ASKED_SECONDS)
        if after.step == "connect":
            self._away[call_id] = session
        self._timers[call_id] = asyncio.get_running_loop().call_later(REMEMBERED_SECONDS, self._forget, call_id)

    def _forget(self, call_id: str) -> None:
        self._after.pop(call_id, None)
        self._away.pop(call_id, None)
        if timer := self._timers.pop(call_id, None):
            timer.cancel()


def _after(context: CallContext) -> AfterStream:
    step: Step = "apologise"
    if context.transfer == "agreed":
        step = "connect"
    elif context.closing:
        step = "hang_up"
    return AfterStream(step, context.business, context.language)


@dataclass(frozen=True, slots=True)
class AdmittedCall:
    """A session that can be ended from outside."""

    session: CallSession
    calls: LiveCalls

    async def run(self) -> CallRecord:
        return await self.calls.serve(self.session)

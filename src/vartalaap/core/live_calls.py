"""The calls that are going on in this process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from .context import CallRecord
from .session import CallSession


class LiveCalls:
    """Runs sessions and ends them from outside: by the carrier's word, or when the server goes."""

    def __init__(self) -> None:
        self._sessions: dict[str, CallSession] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._sessions)

    def admit(self, session: CallSession) -> AdmittedCall:
        """The session as one that is known here while it runs."""
        return AdmittedCall(session, self)

    async def serve(self, session: CallSession) -> CallRecord:
        """Serve the call to its end. A second stream of a call that is going on takes its place."""
        call_id = session.context.call_id
        if call_id in self._sessions:
            await self._sessions[call_id].hang_up("replaced by a second stream")
        self._sessions[call_id] = session
        self._idle.clear()
        try:
            return await session.run()
        finally:
            if self._sessions.get(call_id) is session:
                del self._sessions[call_id]
            if not self._sessions:
                self._idle.set()

    async def hang_up(self, call_id: str, reason: str) -> None:
        """The carrier says that this call is over. Harmless if it is unknown or has ended."""
        if session := self._sessions.get(call_id):
            await session.hang_up(reason)

    async def wind_up(self, seconds: float) -> None:
        """Let every call finish its sentence and write its record; waits at most so long (R01)."""
        await asyncio.gather(*(session.wind_up() for session in list(self._sessions.values())))
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return  # their records are written by the cancellation that follows


@dataclass(frozen=True, slots=True)
class AdmittedCall:
    """A session that can be ended from outside."""

    session: CallSession
    calls: LiveCalls

    async def run(self) -> CallRecord:
        return await self.calls.serve(self.session)

"""The call log: what remains of a call, as far as the caller agreed (R53-R55, R82)."""

from __future__ import annotations

from ...core.context import CallContext, CallRecord, TurnRecord, TurnTimes
from ...core.phone import hide_numbers
from ...security.crypto import PhoneVault
from ..models import CallLogRow
from ..session import Database
from .preferences import remember


class CallLogStore:
    """`core.ports.CallLog` on the database."""

    def __init__(self, database: Database, vault: PhoneVault) -> None:
        self._database = database
        self._vault = vault

    async def save(self, record: CallRecord) -> None:
        """Nothing if the caller never spoke; saving the same call again is harmless."""
        if not record.context.caller_spoke:
            return
        async with self._database.write() as session:
            await session.merge(self._row(record))
            caller = record.context.caller
            if record.context.privacy_opt_out and caller:
                await remember(session, self._vault.hash(caller), record.ended_at, no_transcript=True)

    async def get(self, call_id: str) -> CallLogRow | None:
        async with self._database.read() as session:
            return await session.get(CallLogRow, call_id)

    def _row(self, record: CallRecord) -> CallLogRow:
        context = record.context
        row = CallLogRow(
            id=context.call_id,
            business_id=context.business.id,
            channel=context.channel,
            started_at=context.started_at,
            ended_at=record.ended_at,
            duration_seconds=round((record.ended_at - context.started_at).total_seconds(), 3),
            outcome="privacy_opt_out",
            result=None,
            consent_type="none",
            language=None,
        )
        if context.privacy_opt_out:
            return row
        row.caller_id_hash = self._vault.hash(context.caller) if context.caller else None
        row.outcome = record.outcome
        row.result = context.result
        row.consent_type = "transcript" if context.consent == "none" else context.consent
        row.language = context.language
        row.transcript = [_turn(turn) for turn in context.turns]
        row.entities = _entities(context)
        return row


def _turn(turn: TurnRecord) -> dict[str, object]:
    times = turn.times
    return {
        "id": turn.id,
        "speaker": turn.speaker,
        "at": turn.at.isoformat(timespec="milliseconds"),
        "text": hide_numbers(turn.text),
        "language": turn.language,
        "intent": turn.intent,
        "entities": _without_numbers(turn.entities),
        "interrupted": turn.interrupted,
        "response_latency_ms": times.response_ms if times else None,
        "times_ms": _since_t0(times) if times else None,
    }


def _since_t0(times: TurnTimes) -> dict[str, int | None]:
    """t1..t4 in milliseconds after t0, the caller's last audio (R21)."""
    start = times.t0_last_audio
    later = {
        "t1": times.t1_transcript,
        "t2": times.t2_first_token,
        "t3": times.t3_first_audio,
        "t4": times.t4_first_sent,
    }
    relative = {k: None if t is None or start is None else round((t - start) * 1000) for k, t in later.items()}
    return {"t0": None if start is None else 0, **relative}


def _entities(context: CallContext) -> dict[str, object]:
    """The last value of each thing that the caller named."""
    found: dict[str, object] = {}
    for turn in context.turns:
        found |= turn.entities
    return _without_numbers(found)


def _without_numbers(entities: dict[str, object]) -> dict[str, object]:
    return {name: hide_numbers(value) if isinstance(value, str) else value for name, value in entities.items()}

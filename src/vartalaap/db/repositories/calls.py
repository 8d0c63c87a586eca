"""The call log: what remains of a call, as far as the caller agreed (R53-R55, R82)."""

from __future__ import annotations

import json
from typing import Any

from loguru import logger
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...core.context import CallContext, CallRecord, TurnRecord, TurnTimes
from ...core.phone import hide_numbers
from ...errors import VartalaapError
from ...security.crypto import PhoneVault
from ..models import CallLogFields, CallLogRow, FollowUpRow, ReservationRow
from ..session import Database, as_json
from .follow_ups import CONFIRMATION
from .preferences import Preferences
from .queued_messages import QueuedMessages


class StoredCall(CallLogFields):
    """A call's row with its transcript and entities opened."""

    transcript: list[dict[str, Any]] | None = None
    entities: dict[str, Any] | None = None


class CallLogStore:
    """`core.ports.CallLog` on the database."""

    def __init__(self, database: Database, vault: PhoneVault) -> None:
        self._database = database
        self._vault = vault

    async def save(self, record: CallRecord) -> None:
        """As the call's consent allows; saving the same call again is harmless.

        With an objection go what the call left elsewhere: the confirmation that waits to be sent, notes, summaries.
        """
        consent, caller = record.context.consent, record.context.caller
        if consent.keeps == "nothing":
            return
        async with self._database.write() as session:
            await session.merge(self._row(record))
            if not consent.messages_allowed:
                await _take_back_messages(session, record.context.call_id)
                await QueuedMessages(session).drop_of_call(record.context.call_id, record.ended_at)
            if consent.objected:
                await _take_back_words(session, record.context.call_id)
                await QueuedMessages(session).forget_summaries(record.context.call_id, self._vault)
            remembered = {"no_transcript": consent.objected_here, "no_whatsapp": consent.refused_messages_here}
            if caller and any(remembered.values()):
                changes = {column: True for column, wanted in remembered.items() if wanted}
                await Preferences(session).remember(self._vault.hash(caller), record.ended_at, **changes)

    async def get(self, call_id: str) -> StoredCall | None:
        async with self._database.read() as session:
            row = await session.get(CallLogRow, call_id)
        return opened(row, self._vault) if row else None

    def _row(self, record: CallRecord) -> CallLogRow:
        context, kept = record.context, record.context.consent.keeps == "words"
        row = CallLogRow(
            id=context.call_id,
            business_id=context.business.id,
            channel=context.channel,
            started_at=context.started_at,
            ended_at=record.ended_at,
            duration_seconds=round((record.ended_at - context.started_at).total_seconds(), 3),
            outcome=record.outcome if kept else "privacy_opt_out",
            consent_type=context.consent.kind,
            consent_receipt=context.consent.receipt(),
        )
        if kept:
            row.caller_id_hash = self._vault.hash(context.caller) if context.caller else None
            row.result = context.result
            row.language = context.language
            row.transcript = self._sealed("transcript", row.id, [_turn(turn) for turn in context.turns])
            row.entities = self._sealed("entities", row.id, _entities(context))
        return row

    def _sealed(self, column: str, call_id: str, value: object) -> str:
        return self._vault.seal_text(as_json(value), words_binding(column, call_id))


def words_binding(column: str, call_id: str) -> str:
    """What a call's sealed transcript or entities are bound to."""
    return f"call_logs.{column}:{call_id}"


def opened(row: CallLogRow, vault: PhoneVault) -> StoredCall:
    """Raises `VartalaapError` where a sealed value cannot be opened."""
    plain = {column: _open(vault, column, row) for column in ("transcript", "entities")}
    return StoredCall.model_validate(row.model_dump() | plain)


def shown(row: CallLogRow, vault: PhoneVault) -> StoredCall:
    """As `opened`; words that cannot be opened are left out, so that one call does not hide the others in a list."""
    try:
        return opened(row, vault)
    except VartalaapError as error:
        logger.warning("the words of call {} are not shown: {}", row.id, error.message)
        return StoredCall.model_validate(row.model_dump() | {"transcript": None, "entities": None})


def _open(vault: PhoneVault, column: str, row: CallLogRow) -> Any:
    sealed = getattr(row, column)
    if sealed is None:
        return None
    # What was written before there were seals is JSON, and begins with a bracket, which no key's id does.
    return json.loads(sealed if sealed[0] in "[{" else vault.open_text(sealed, words_binding(column, row.id)))


async def _take_back_messages(session: AsyncSession, call_id: str) -> None:
    """The confirmation that was asked for earlier in the call is wanted no more."""
    ours = col(FollowUpRow.call_id) == call_id, col(FollowUpRow.reason) == CONFIRMATION
    await session.execute(delete(FollowUpRow).where(*ours, col(FollowUpRow.status) == "pending"))
    await session.execute(update(FollowUpRow).where(*ours).values(phone_sealed=None))


async def _take_back_words(session: AsyncSession, call_id: str) -> None:
    """What was written down of the talk before the objection; the table and the call-back themselves stay."""
    await session.execute(update(ReservationRow).where(col(ReservationRow.call_id) == call_id).values(notes=""))
    await session.execute(update(FollowUpRow).where(col(FollowUpRow.call_id) == call_id).values(summary=""))


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

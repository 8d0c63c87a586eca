"""Messages in the outbox that are not to be sent after all, or not to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...security.crypto import PhoneVault
from ..models import FollowUpRow, OutboxRow, ReservationRow
from .announcements import content_of, seal_content

WAITING = ("pending", "leased", "unknown")
"""What has not been sent, or may have not."""


class QueuedMessages:
    """In the transaction of a session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def drop_to(self, hashes: Sequence[str], now: datetime, *, keep_hash: bool = True) -> None:
        """What waits for this person is not sent; of what was sent only that it was is kept."""
        theirs = update(OutboxRow).where(col(OutboxRow.to_hash).in_(hashes))
        await self._session.execute(theirs.where(_may_be_sent()).values(status="dropped"))
        gone: dict[str, object] = {"to_sealed": None, "content_sealed": None, "updated_at": now}
        await self._session.execute(theirs.values(**gone, **({} if keep_hash else {"to_hash": None})))

    async def drop_of_call(self, call_id: str, now: datetime) -> None:
        """The caller wants no messages after all: those of this call that were not sent yet are dropped."""
        of_call = or_(
            col(OutboxRow.about).in_(_abouts(ReservationRow, call_id)),
            and_(col(OutboxRow.about).in_(_abouts(FollowUpRow, call_id)), col(OutboxRow.kind) == "follow_up"),
        )
        gone = {"status": "dropped", "to_sealed": None, "content_sealed": None, "updated_at": now}
        dropping = update(OutboxRow).where(of_call, _may_be_sent()).values(gone)
        await self._session.execute(dropping.execution_options(synchronize_session=False))

    async def forget_summaries(self, call_id: str, vault: PhoneVault) -> None:
        """The business is still told that a caller asked for a person, and no longer in what words."""
        to_owner = (
            col(OutboxRow.about).in_(_abouts(FollowUpRow, call_id)),
            col(OutboxRow.kind) == "follow_up_for_owner",
            col(OutboxRow.content_sealed).is_not(None),
        )
        for row in (await self._session.scalars(select(OutboxRow).where(*to_owner))).all():
            language, values = content_of(row, vault)
            row.content_sealed = seal_content((language, {**values, "summary": "-"}), row.id, vault)


def _may_be_sent() -> ColumnElement[bool]:
    return col(OutboxRow.status).in_((*WAITING, "dead"))


def _abouts(table: type[ReservationRow] | type[FollowUpRow], call_id: str) -> Select[str]:
    """What messages of this call may be about."""
    named = literal(f"{table.__tablename__}:").concat(col(table.id))
    return select(named).where(col(table.call_id) == call_id)

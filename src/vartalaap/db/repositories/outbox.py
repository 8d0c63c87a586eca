"""The outbox: messages are written with what they are about, leased to be sent, and settled by what is told of them.

    pending ──► leased ──► sent ──► delivered ──► read         forwards only, whatever comes late or twice
       ▲          │ │                                          `dropped`: the receiver wants no messages
       └──────────┘ └──► unknown ──► leased (once) ──► dead    nobody knows whether the carrier has it
        may be tried again

The database is the truth. A lease that ran out before its request began goes back to `pending`; after that the message
is `unknown`: the carrier's own report is waited for, then it is sent once more.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from ...backoff import Backoff
from ...core.booking.book import Actor
from ...core.clock import Clock
from ...core.messages import Message
from ...core.phone import PhoneNumber
from ...errors import NotFound, VartalaapError
from ...security.crypto import PhoneVault
from ..models import OutboxRow
from ..session import Database
from .announcements import Announcements, content_of, to_binding
from .audit import record_change
from .queued_messages import WAITING

LEASE = timedelta(seconds=60)
PAIR_GAP = timedelta(seconds=6)
"""Between two messages to one person (PAIR_GAP is the carrier's own limit)."""
UNKNOWN_WAIT = timedelta(minutes=5)
MOST_ATTEMPTS = 12
BACK_OFF = Backoff(2.0, 3600.0)
RANK = {"sent": 1, "delivered": 2, "read": 3}

COMMAND_LINE = Actor("command line")


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a worker may hold a message, how long its report is waited for, and between two to one person."""

    lease: timedelta = LEASE
    unknown: timedelta = UNKNOWN_WAIT
    pair_gap: timedelta = PAIR_GAP


@dataclass(frozen=True, slots=True)
class Leased:
    """A message to be sent, by whoever holds this lease alone."""

    message: Message
    attempt: int


class Outbox:
    """Messages are written by `announce`, within the transaction of what they are about; every method is one itself."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock, waits: Waits | None = None) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._waits = waits or Waits()
        self.announce = Announcements(vault, clock)
        self.news = asyncio.Event()
        """Set once there may be something to send."""

    async def lease(self, most: int, overdue: timedelta = timedelta(0)) -> list[Leased]:
        """What is due, or has been for so long, the oldest first, at most one for each person; others cannot lease it
        meanwhile.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            await self._database.lock(session, "outbox")
            await self._take_back(session, now)
            rows = (await session.scalars(_due(now, now - overdue, self._waits.pair_gap).limit(most))).all()
            leased: list[Leased] = []
            for row in {row.to_hash: row for row in reversed(rows)}.values():
                row.status, row.lease_until, row.requested_at = "leased", now + self._waits.lease, None
                row.attempts, row.updated_at = row.attempts + 1, now
                try:
                    leased.append(Leased(self._message(row), row.attempts))
                except VartalaapError as error:  # its key is gone: the others are sent all the same
                    row.error = error.message
                    self._settle(row, "dead")
        return leased[::-1]

    async def begin(self, leased: Leased) -> bool:
        """To be asked right before the request: is the lease still good? From here on the carrier may have it."""
        now = self._clock.now()
        holds = (_is(leased), col(OutboxRow.lease_until) > now, col(OutboxRow.requested_at).is_(None))
        async with self._database.write() as session:
            begun = await session.scalars(
                update(OutboxRow).where(*holds).values(requested_at=now).returning(col(OutboxRow.id))
            )
            return begun.first() is not None

    async def accepted(self, leased: Leased, provider_id: str) -> None:
        """The carrier has it. What was told of it before stays."""
        async with self._database.write() as session:
            row = await self._locked(session, col(OutboxRow.id) == leased.message.id)
            if (
                row
                and row.attempts == leased.attempt
                and row.provider_id is None
                and provider_id != row.failed_provider_id
            ):
                row.provider_id = provider_id
                if row.status in ("leased", "unknown"):
                    self._settle(row, "sent")

    async def failed(self, leased: Leased, error: str, *, again_in_s: float | None) -> None:
        """It was not taken: to be tried again, not before so many seconds, or dead if None."""
        async with self._database.write() as session:
            row = await self._locked(session, _is(leased))
            if row:
                self._fail(row, error, again_in_s)

    async def unknown(self, leased: Leased) -> None:
        """Nobody knows whether it was taken."""
        async with self._database.write() as session:
            row = await self._locked(session, _is(leased))
            if row:
                self._to_unknown(row, self._clock.now())

    async def told(
        self, message_id: str | None, provider_id: str, status: str, *, error: str = "", again_in_s: float | None = None
    ) -> None:
        """The carrier's report: `sent`, `delivered`, `read`, or `failed` for `error`; `again_in_s` as for `failed`.

        Reports may come twice and in any order; a message never goes back from what is known of it.
        """
        async with self._database.write() as session:
            row = await self._locked(session, _named(message_id, provider_id))
            if row is None or row.status == "dropped" or row.provider_id not in (None, provider_id):
                return
            if status in RANK:
                if provider_id == row.failed_provider_id and status == "sent":
                    return
                if RANK[status] > RANK.get(row.status, 0):
                    row.provider_id = provider_id
                    self._settle(row, status)
            elif status == "failed" and row.status in ("leased", "sent", "unknown"):
                if provider_id == row.failed_provider_id:
                    return
                row.failed_provider_id, row.provider_id = provider_id, None
                self._fail(row, error, again_in_s)

    async def receiver_of(self, message_id: str | None, provider_id: str) -> PhoneNumber | None:
        """As long as that is kept."""
        async with self._database.read() as session:
            row = (await session.scalars(select(OutboxRow).where(_named(message_id, provider_id)))).first()
        return self._vault.open(row.to_sealed, to_binding(row.id)) if row and row.to_sealed else None

    async def listed(self, status: str | None = None, most: int = 50) -> Sequence[OutboxRow]:
        """The newest first."""
        wanted = select(OutboxRow).order_by(col(OutboxRow.created_at).desc()).limit(most)
        async with self._database.read() as session:
            return (await session.scalars(wanted.where(col(OutboxRow.status) == status) if status else wanted)).all()

    async def waiting(self) -> int:
        """How many have not been sent, or may have not."""
        wanted = select(func.count()).where(col(OutboxRow.status).in_(WAITING))
        async with self._database.look() as connection:
            return (await connection.execute(wanted)).scalar_one()

    async def opened(self, message_id: str) -> tuple[OutboxRow, Message | None]:
        """A row, with its message as long as that is kept. Raises `NotFound`."""
        async with self._database.read() as session:
            row = await session.get(OutboxRow, message_id)
        if row is None:
            raise NotFound("there is no such message")
        return row, self._message(row) if row.to_sealed else None

    async def retry(self, message_id: str, actor: Actor = COMMAND_LINE) -> bool:
        """Send a dead message again; False if it is not dead, or not kept any more."""
        async with self._database.write() as session:
            row = await self._locked(session, col(OutboxRow.id) == message_id)
            if row is None or row.status != "dead" or row.to_sealed is None:
                return False
            row.status, row.next_at, row.unknowns, row.error = "pending", self._clock.now(), 0, None
            states = {"status": "dead"}, {"status": "pending"}
            record_change(session, self._clock, actor, "retry", ("outbox_messages", row.id), *states)
        self.news.set()
        return True

    async def _take_back(self, session: AsyncSession, now: datetime) -> None:
        """What a worker that is gone had leased."""
        over = (col(OutboxRow.status) == "leased", col(OutboxRow.lease_until) <= now)
        for row in (await session.scalars(select(OutboxRow).where(*over).with_for_update(skip_locked=True))).all():
            if row.requested_at is None:
                row.status, row.next_at = "pending", now
            else:
                self._to_unknown(row, now)
        waited = (col(OutboxRow.status) == "unknown", col(OutboxRow.next_at) <= now, col(OutboxRow.unknowns) > 1)
        await session.execute(update(OutboxRow).where(*waited).values(status="dead", updated_at=now))
        await session.flush()

    async def _locked(self, session: AsyncSession, which: ColumnElement[bool]) -> OutboxRow | None:
        wanted = select(OutboxRow).where(which).with_for_update()
        return (await session.scalars(wanted)).first()

    def _to_unknown(self, row: OutboxRow, now: datetime) -> None:
        row.unknowns += 1
        row.next_at, row.error = now + self._waits.unknown, "no answer"
        self._settle(row, "unknown")

    def _fail(self, row: OutboxRow, error: str, again_in_s: float | None) -> None:
        row.error = error
        self._settle(row, "dead" if again_in_s is None or row.attempts >= MOST_ATTEMPTS else "pending")
        pause = BACK_OFF.after(row.attempts) * random.uniform(0.5, 1.0)  # noqa: S311
        row.next_at = self._clock.now() + timedelta(seconds=max(again_in_s or 0.0, pause))

    def _settle(self, row: OutboxRow, status: str) -> None:
        row.status, row.lease_until, row.updated_at = status, None, self._clock.now()

    def _message(self, row: OutboxRow) -> Message:
        assert row.to_sealed
        language, values = content_of(row, self._vault)
        to = self._vault.open(row.to_sealed, to_binding(row.id))
        return Message(row.id, row.kind, to, "en" if language == "en" else "hi", values)  # type: ignore[arg-type]


def _due(now: datetime, since: datetime, pair_gap: timedelta) -> Select[OutboxRow]:
    other = aliased(OutboxRow)
    crowded = (
        select(col(other.id))
        .where(
            col(other.to_hash) == col(OutboxRow.to_hash),
            col(other.id) != col(OutboxRow.id),
            or_(col(other.status) == "leased", col(other.requested_at) > now - pair_gap),
        )
        .exists()
    )
    ready = or_(
        col(OutboxRow.status) == "pending", and_(col(OutboxRow.status) == "unknown", col(OutboxRow.unknowns) <= 1)
    )
    due = (ready, col(OutboxRow.next_at) <= since, col(OutboxRow.to_sealed).is_not(None), ~crowded)
    return select(OutboxRow).where(*due).order_by(col(OutboxRow.next_at)).with_for_update(skip_locked=True)


def _named(message_id: str | None, provider_id: str) -> ColumnElement[bool]:
    """By our id, which the carrier gives back; or by the carrier's, if it does not."""
    return col(OutboxRow.id) == message_id if message_id else col(OutboxRow.provider_id) == provider_id


def _is(leased: Leased) -> ColumnElement[bool]:
    return and_(
        col(OutboxRow.id) == leased.message.id,
        col(OutboxRow.status) == "leased",
        col(OutboxRow.attempts) == leased.attempt,
    )

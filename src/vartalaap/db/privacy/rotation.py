"""Sealing anew: with the current key, and hashes with the current pepper, in batches while calls go on.

A batch is one transaction, and each value is replaced only if it still is what was read. What is done tells itself
by the key's id and by the hash, so that a rotation that was interrupted, however harshly, goes on where it was.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...core.booking.book import Actor
from ...core.clock import Clock
from ...errors import VartalaapError
from ...security.crypto import PhoneVault
from ..models import AuditRow, CallerPreferenceRow, CallLogRow
from ..repositories.audit import record_change
from ..repositories.calls import words_binding
from ..repositories.preferences import Preferences
from ..session import Database
from .places import HASHED, SEALED, Sealed, columns

BATCH = 200
FEW = 50
NEW_PEPPER = "pepper.in_use"


@dataclass(slots=True)
class Rotated:
    """How far a rotation is; at its end, what came of it."""

    total: int = 0
    done: int = 0
    sealed: int = 0
    hashed: int = 0
    unreadable: int = 0
    """Values that no configured key opens: they stay as they are."""
    unknown_hashes: int = 0
    """Hashes that may be of an old pepper and whose number is stored nowhere: found only with that pepper."""


class Rotation:
    """One run over a database; any number of runs, at once too, come to the same end."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock, *, batch: int = BATCH) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._batch = batch

    async def run(self, actor: Actor) -> AsyncGenerator[Rotated, None]:
        """Yields after each batch, and at last when all is done and in the audit log."""
        so_far = Rotated(total=await self._left())
        for place in SEALED:
            async for count in self._seal_all(place, so_far):
                so_far.sealed += count
                so_far.done += count
                yield so_far
        if self._vault.has_old_pepper:
            async for seen, renamed in self._hash_all():
                so_far.hashed += renamed
                so_far.done += seen
                yield so_far
            so_far.unknown_hashes = await self._unknown_hashes()
        if so_far.sealed or so_far.hashed:
            async with self._database.write() as session:
                after = {"sealed": so_far.sealed, "hashed": so_far.hashed, "unreadable": so_far.unreadable}
                record_change(session, self._clock, actor, "rotate", ("keys", self._vault.current), None, after)
        yield so_far

    async def _left(self) -> int:
        conditions = [self._old(place) for place in SEALED]
        if self._vault.has_old_pepper:
            conditions += [place.values.is_not(None) for place in SEALED if place.hashed]
        async with self._database.read() as session:
            return sum([await session.scalar(select(func.count()).where(one)) or 0 for one in conditions])

    def _old(self, place: Sealed) -> ColumnElement[bool]:
        """What the current key has not sealed, plain JSON of earlier versions included."""
        return and_(
            place.values.is_not(None), not_(place.values.startswith(f"{self._vault.current}:", autoescape=True))
        )

    # Seals ------------------------------------------------------------------------------------------------
    async def _seal_all(self, place: Sealed, so_far: Rotated) -> AsyncIterator[int]:
        last = ""
        while True:
            wanted = select(place.keys, place.values).where(self._old(place), place.keys > last)
            async with self._database.read() as session:
                rows = (await session.execute(wanted.order_by(place.keys).limit(self._batch))).all()
            if not rows:
                return
            fresh = list(self._sealed_anew(place, [(row_id, value) for row_id, value in rows], so_far))
            if fresh:
                unchanged = place.keys == bindparam("row_id"), place.values == bindparam("was")
                sealing = update(place.keys.table).where(*unchanged).values({place.column: bindparam("sealed")})
                async with self._database.write() as session:
                    await (await session.connection()).execute(sealing, fresh)
            last = rows[-1][0]
            yield len(rows)

    def _sealed_anew(self, place: Sealed, rows: Sequence[tuple[str, str]], so_far: Rotated) -> Iterator[dict[str, str]]:
        for row_id, value in rows:
            binding = place.binding(row_id)
            try:
                plain = value if value[:1] in ("[", "{") else self._vault.open_text(value, binding)
            except VartalaapError:
                so_far.unreadable += 1
                continue
            yield {"row_id": row_id, "was": value, "sealed": self._vault.seal_text(plain, binding)}

    # Hashes -----------------------------------------------------------------------------------------------
    async def _hash_all(self) -> AsyncIterator[tuple[int, int]]:
        """Each stored number is opened, and its old hash replaced wherever it stands; (rows seen, hashes replaced).

        Few numbers are one transaction: it touches several tables, and is to cross no call's path for long.
        """
        for place in (place for place in SEALED if place.hashed):
            last = ""
            while True:
                hashed = columns(place.table)[place.hashed or ""]
                wanted = select(place.keys, place.values, hashed).where(place.values.is_not(None), place.keys > last)
                async with self._database.read() as session:
                    rows = (await session.execute(wanted.order_by(place.keys).limit(self._batch))).all()
                if not rows:
                    break
                numbers = [(row_id, value, old) for row_id, value, old in rows]
                renamed = sorted(set(self._old_hashes(place, numbers)))
                for few in (renamed[at : at + FEW] for at in range(0, len(renamed), FEW)):
                    async with self._database.write() as session:
                        await _rename(session, dict(few))
                yield len(rows), len(renamed)
                last = rows[-1][0]

    def _old_hashes(self, place: Sealed, rows: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
        for row_id, value, old in rows:
            try:
                new, *others = self._vault.hashes(self._vault.open(value, place.binding(row_id)))
            except VartalaapError:
                continue  # counted when it was to be sealed
            if old in others:
                yield old, new

    async def _unknown_hashes(self) -> int:
        """Hashes of before the new pepper that were not renamed; some of a rotated number that is gone by now too."""
        async with self._database.read() as session:
            since = await session.scalar(select(func.min(col(AuditRow.at))).where(*_in_use(self._vault)))
            if since is None:
                return 0
            found: set[str] = set()
            for place in HASHED:
                before = columns(place.table)[place.written] < since
                wanted = select(place.values).where(place.values.is_not(None), before).distinct()
                found |= set((await session.scalars(wanted)).all())
            for sealed in (place for place in SEALED if place.hashed):
                hashed = columns(sealed.table)[sealed.hashed or ""]
                found -= set((await session.scalars(select(hashed).where(sealed.values.is_not(None)))).all())
        return len(found)


async def _rename(session: AsyncSession, renamed: Mapping[str, str]) -> None:
    """Callers' hashes, in every table; what was remembered under both is remembered under the new one."""
    connection = await session.connection()
    pairs = [{"old": old, "new": new} for old, new in renamed.items()]
    for place in HASHED:
        if place.table is not CallerPreferenceRow:
            renaming = update(place.values.table).where(place.values == bindparam("old"))
            await connection.execute(renaming.values({place.column: bindparam("new")}), pairs)
    remembered = col(CallerPreferenceRow.caller_id_hash)
    for old in (await session.scalars(select(remembered).where(remembered.in_(renamed)))).all():
        if merged := await Preferences(session).of((renamed[old], old)):
            await session.merge(merged)
        await session.execute(delete(CallerPreferenceRow).where(remembered == old))


def _in_use(vault: PhoneVault) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(AuditRow.action) == NEW_PEPPER, col(AuditRow.entity_id) == vault.pepper_id


async def note_new_pepper(database: Database, vault: PhoneVault, clock: Clock) -> None:
    """Write down, once, when a pepper that follows another came into use: hashes of before may be of the other."""
    if not vault.has_old_pepper:
        return
    async with database.write() as session:
        if await session.scalar(select(func.count()).where(*_in_use(vault))) == 0:
            record_change(session, clock, Actor("system"), NEW_PEPPER, ("keys", vault.pepper_id), None, None)


async def seal_plain_words(database: Database, vault: PhoneVault) -> int:
    """Seal what versions before seals left in plain JSON; how many calls.

    Those calls are the oldest: to see that none is left costs one look at the oldest that has words.
    """
    oldest = select(CallLogRow).where(col(CallLogRow.transcript).is_not(None)).order_by(col(CallLogRow.started_at))
    plain = or_(col(CallLogRow.transcript).startswith("["), col(CallLogRow.entities).startswith("{"))
    async with database.read() as session:
        first = (await session.scalars(oldest.limit(1))).first()
    if first is None or not (first.transcript or "").startswith("["):
        return 0
    count = 0
    while True:
        async with database.write() as session:
            rows = (await session.scalars(select(CallLogRow).where(plain).limit(BATCH))).all()
            for row in rows:
                row.transcript = _sealed_if_plain(vault, row.transcript, words_binding("transcript", row.id))
                row.entities = _sealed_if_plain(vault, row.entities, words_binding("entities", row.id))
        if not rows:
            return count
        count += len(rows)


def _sealed_if_plain(vault: PhoneVault, value: str | None, binding: str) -> str | None:
    return vault.seal_text(value, binding) if value and value[0] in "[{" else value

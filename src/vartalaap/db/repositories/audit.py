"""The audit log: written in the transaction of the change that it records."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from ...core.booking.book import Actor
from ...core.clock import Clock
from ..models import AuditRow


def record_change(
    session: AsyncSession,
    clock: Clock,
    actor: Actor,
    action: str,
    row: tuple[str, str],
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    """Add one audit row for `row` (table, id); `before` and `after` must hold no number and no spoken text."""
    entity, entity_id = row
    session.add(
        AuditRow(
            at=clock.now(),
            actor=actor.name,
            ip=actor.ip,
            action=action,
            entity=entity,
            entity_id=entity_id,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
    )

"""The administrator's sessions; guests who have come (`seated`) keep their seats.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


BEFORE = ("confirmed", "cancelled", "completed", "no_show")


def upgrade() -> None:
    _allow_states((*BEFORE, "seated"))
    op.create_table(
        "admin_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("credential", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_sessions")),
    )
    with op.batch_alter_table("admin_sessions") as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_sessions_used_at"), ["used_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("admin_sessions") as batch_op:
        batch_op.drop_index(batch_op.f("ix_admin_sessions_used_at"))

    op.drop_table("admin_sessions")
    op.execute("UPDATE reservations SET status = 'completed' WHERE status = 'seated'")
    _allow_states(BEFORE)


def _allow_states(states: tuple[str, ...]) -> None:
    allowed = "status IN ({})".format(", ".join(f"'{state}'" for state in states))
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.drop_constraint(op.f("ck_reservations_status"), type_="check")
        batch_op.create_check_constraint(op.f("ck_reservations_status"), allowed)

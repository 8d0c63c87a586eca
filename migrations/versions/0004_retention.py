"""Daily totals that outlive bookings, sealed copies for as long as a law asks, bookings to erase after the visit.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daily_totals",
        sa.Column("business_id", sa.String(length=63), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("no_shows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "day", name=op.f("pk_daily_totals")),
    )
    op.create_table(
        "sealed_copies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_copies")),
    )
    with op.batch_alter_table("sealed_copies") as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_copies_of"), ["of"], unique=False)
        batch_op.create_index(batch_op.f("ix_sealed_copies_keep_until"), ["keep_until"], unique=False)
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.add_column(sa.Column("erase_due", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.drop_column("erase_due")
    with op.batch_alter_table("sealed_copies") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_copies_keep_until"))
        batch_op.drop_index(batch_op.f("ix_sealed_copies_of"))

    op.drop_table("sealed_copies")
    op.drop_table("daily_totals")

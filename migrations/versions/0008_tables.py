"""Where bookings and held seats are thought to sit, the area promised, who made a booking; some have no number.

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ORIGINS = ("guest", "house", "walk_in")


def upgrade() -> None:
    allowed = "origin IN ({})".format(", ".join(f"'{origin}'" for origin in ORIGINS))
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.add_column(sa.Column("area", sa.String(length=31), nullable=True))
        batch_op.add_column(sa.Column("tables", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.String(), nullable=False, server_default="guest"))
        batch_op.alter_column("phone_hash", existing_type=sa.String(length=64), nullable=True)
        batch_op.create_check_constraint(op.f("ck_reservations_origin"), allowed)
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.alter_column("origin", existing_type=sa.String(), server_default=None)
    with op.batch_alter_table("seat_holds") as batch_op:
        batch_op.add_column(sa.Column("area", sa.String(length=31), nullable=True))
        batch_op.add_column(sa.Column("tables", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("seat_holds") as batch_op:
        batch_op.drop_column("tables")
        batch_op.drop_column("area")
    op.execute("UPDATE reservations SET phone_hash = '' WHERE phone_hash IS NULL")
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.drop_constraint(op.f("ck_reservations_origin"), type_="check")
        batch_op.alter_column("phone_hash", existing_type=sa.String(length=64), nullable=False)
        batch_op.drop_column("origin")
        batch_op.drop_column("tables")
        batch_op.drop_column("area")

"""Transcripts and entities are sealed, calls have a consent receipt, and no plain digest of a number stays.

What calls left before stays readable as JSON, until it is sealed when the application opens the database.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS = ("transcript", "entities")


def upgrade() -> None:
    with op.batch_alter_table("call_logs") as batch_op:
        batch_op.add_column(sa.Column("consent_receipt", sa.JSON(), nullable=True))
        for column in WORDS:
            batch_op.alter_column(
                column,
                existing_type=sa.JSON(),
                type_=sa.Text(),
                existing_nullable=True,
                postgresql_using=f"{column}::text",
            )
    # Keys were plain digests of wishes with a number in them: who knows the rest of the wish could find it.
    op.execute(sa.text("UPDATE reservations SET idempotency_key = id"))


def downgrade() -> None:
    """Sealed words cannot be kept in the old columns: they go."""
    op.execute(sa.text("UPDATE call_logs SET transcript = NULL, entities = NULL"))
    with op.batch_alter_table("call_logs") as batch_op:
        for column in WORDS:
            batch_op.alter_column(
                column,
                existing_type=sa.Text(),
                type_=sa.JSON(),
                existing_nullable=True,
                postgresql_using=f"{column}::json",
            )
        batch_op.drop_column("consent_receipt")

"""Seat holds, FAQs in a table of their own, and a version on what people edit.

Revision: 0002, after 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VERSIONED = ("businesses", "menu_items", "caller_preferences", "whatsapp_followups")
_businesses = sa.table("businesses", sa.column("id", sa.String()), sa.column("profile", sa.JSON()))
_faqs = sa.table(
    "faqs",
    sa.column("business_id", sa.String()),
    sa.column("position", sa.Integer()),
    sa.column("question", sa.String()),
    sa.column("answer", sa.String()),
    sa.column("version", sa.Integer()),
)


def upgrade() -> None:
    for table in VERSIONED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("businesses") as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=64), nullable=True))
    op.create_table(
        "faqs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_faqs_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faqs")),
    )
    with op.batch_alter_table("faqs") as batch_op:
        batch_op.create_index(batch_op.f("ix_faqs_business_id"), ["business_id"], unique=False)
    op.create_table(
        "seat_holds",
        sa.Column("call_id", sa.String(length=128), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("party_size > 0", name=op.f("ck_seat_holds_party_size")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_seat_holds_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_seat_holds")),
    )
    with op.batch_alter_table("seat_holds") as batch_op:
        batch_op.create_index("ix_seat_holds_business_start", ["business_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_holds_expires_at"), ["expires_at"], unique=False)
    _move_faqs_out_of_the_profile(op.get_bind())


def _move_faqs_out_of_the_profile(connection: sa.Connection) -> None:
    for business_id, profile in connection.execute(sa.select(_businesses.c.id, _businesses.c.profile)).all():
        faqs: list[dict[str, Any]] = profile.pop("faqs", [])
        rows = [{"business_id": business_id, "position": n, "version": 1, **faq} for n, faq in enumerate(faqs)]
        if rows:
            connection.execute(_faqs.insert(), rows)
        _write_profile(connection, business_id, profile)


def _write_profile(connection: sa.Connection, business_id: str, profile: dict[str, Any]) -> None:
    connection.execute(_businesses.update().where(_businesses.c.id == business_id).values(profile=profile))


def downgrade() -> None:
    connection = op.get_bind()
    for business_id, profile in connection.execute(sa.select(_businesses.c.id, _businesses.c.profile)).all():
        wanted = sa.select(_faqs.c.question, _faqs.c.answer).where(_faqs.c.business_id == business_id)
        faqs = connection.execute(wanted.order_by(_faqs.c.position)).mappings().all()
        _write_profile(connection, business_id, {**profile, "faqs": [dict(faq) for faq in faqs]})
    with op.batch_alter_table("seat_holds") as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_holds_expires_at"))
        batch_op.drop_index("ix_seat_holds_business_start")

    op.drop_table("seat_holds")
    with op.batch_alter_table("faqs") as batch_op:
        batch_op.drop_index(batch_op.f("ix_faqs_business_id"))

    op.drop_table("faqs")
    with op.batch_alter_table("businesses") as batch_op:
        batch_op.drop_column("source")
    for table in VERSIONED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("version")

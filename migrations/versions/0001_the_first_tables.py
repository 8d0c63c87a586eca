"""The first tables.

Revision: 0001, after
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_logs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("ip", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_logs")),
    )
    with op.batch_alter_table("audit_logs") as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_logs_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_logs_entity", ["entity", "entity_id"], unique=False)

    op.create_table(
        "businesses",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_businesses")),
    )
    op.create_table(
        "caller_preferences",
        sa.Column("caller_id_hash", sa.String(length=64), nullable=False),
        sa.Column("no_transcript", sa.Boolean(), nullable=False),
        sa.Column("no_whatsapp", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller_id_hash", name=op.f("pk_caller_preferences")),
    )
    op.create_table(
        "business_numbers",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_business_numbers_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_business_numbers")),
    )
    with op.batch_alter_table("business_numbers") as batch_op:
        batch_op.create_index(batch_op.f("ix_business_numbers_business_id"), ["business_id"], unique=False)

    op.create_table(
        "call_logs",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("caller_id_hash", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("consent_type", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("transcript", sa.JSON(), nullable=True),
        sa.Column("entities", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "consent_type IN ('none', 'transcript', 'whatsapp')", name=op.f("ck_call_logs_consent_type")
        ),
        sa.CheckConstraint(
            "outcome IN ('resolved', 'fallback', 'dropped', 'error', 'privacy_opt_out')",
            name=op.f("ck_call_logs_outcome"),
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_call_logs_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_logs")),
    )
    with op.batch_alter_table("call_logs") as batch_op:
        batch_op.create_index(batch_op.f("ix_call_logs_business_id"), ["business_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_logs_caller_id_hash"), ["caller_id_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_logs_started_at"), ["started_at"], unique=False)

    op.create_table(
        "menu_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_menu_items_price")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_menu_items_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_items")),
    )
    with op.batch_alter_table("menu_items") as batch_op:
        batch_op.create_index(batch_op.f("ix_menu_items_business_id"), ["business_id"], unique=False)

    op.create_table(
        "reservations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("reservation_date", sa.Date(), nullable=False),
        sa.Column("reservation_time", sa.Time(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('confirmed', 'cancelled', 'completed', 'no_show')", name=op.f("ck_reservations_status")
        ),
        sa.CheckConstraint("party_size > 0", name=op.f("ck_reservations_party_size")),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_reservations_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_reservations_idempotency_key")),
    )
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.create_index("ix_reservations_business_start", ["business_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reservations_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reservations_phone_hash"), ["phone_hash"], unique=False)

    op.create_table(
        "whatsapp_followups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'sent', 'responded', 'expired')", name=op.f("ck_whatsapp_followups_status")
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_whatsapp_followups_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_followups")),
    )
    with op.batch_alter_table("whatsapp_followups") as batch_op:
        batch_op.create_index(batch_op.f("ix_whatsapp_followups_business_id"), ["business_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_whatsapp_followups_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_whatsapp_followups_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_whatsapp_followups_status"), ["status"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("whatsapp_followups") as batch_op:
        batch_op.drop_index(batch_op.f("ix_whatsapp_followups_status"))
        batch_op.drop_index(batch_op.f("ix_whatsapp_followups_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_whatsapp_followups_call_id"))
        batch_op.drop_index(batch_op.f("ix_whatsapp_followups_business_id"))

    op.drop_table("whatsapp_followups")
    with op.batch_alter_table("reservations") as batch_op:
        batch_op.drop_index(batch_op.f("ix_reservations_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_reservations_call_id"))
        batch_op.drop_index("ix_reservations_business_start")

    op.drop_table("reservations")
    with op.batch_alter_table("menu_items") as batch_op:
        batch_op.drop_index(batch_op.f("ix_menu_items_business_id"))

    op.drop_table("menu_items")
    with op.batch_alter_table("call_logs") as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_logs_started_at"))
        batch_op.drop_index(batch_op.f("ix_call_logs_caller_id_hash"))
        batch_op.drop_index(batch_op.f("ix_call_logs_business_id"))

    op.drop_table("call_logs")
    with op.batch_alter_table("business_numbers") as batch_op:
        batch_op.drop_index(batch_op.f("ix_business_numbers_business_id"))

    op.drop_table("business_numbers")
    op.drop_table("caller_preferences")
    op.drop_table("businesses")
    with op.batch_alter_table("audit_logs") as batch_op:
        batch_op.drop_index("ix_audit_logs_entity")
        batch_op.drop_index(batch_op.f("ix_audit_logs_at"))

    op.drop_table("audit_logs")

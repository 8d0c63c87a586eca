"""The tables (R80-R82, R84). Instants are UTC; telephone numbers are a hash and a sealed value, never plain."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, Index, Text, TypeDecorator
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

OUTCOMES = ("resolved", "fallback", "dropped", "error", "privacy_opt_out")
CONSENTS = ("none", "transcript", "whatsapp")
ORIGINS = ("guest", "house", "walk_in")
RESERVATION_STATES = ("confirmed", "cancelled", "completed", "no_show", "seated")
FOLLOW_UP_STATES = ("pending", "sent", "responded", "expired")
OUTBOX_STATES = ("pending", "leased", "sent", "delivered", "read", "failed", "unknown", "dead", "dropped")


NULLABLE_JSON = JSON(none_as_null=True)
"""None is the database's NULL, not JSON's `null`, so that `IS NULL` finds what was not kept."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in Python; stored as UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class BusinessRow(SQLModel, table=True):
    """A business; `profile` is its configuration without dishes and FAQs, which have tables of their own."""

    __tablename__ = "businesses"

    id: str = Field(primary_key=True, max_length=63)
    name: str
    profile: dict[str, Any] = Field(sa_type=JSON)
    source: str | None = Field(default=None, max_length=64)
    """The digest of `BUSINESS_CONFIG` when that was last read into it, or overruled by another file."""
    version: int = 1
    """Counts its changes, those of its dishes and FAQs included."""
    updated_at: datetime = Field(sa_type=UtcDateTime)


class BusinessNumberRow(SQLModel, table=True):
    """Which business a called number belongs to (R10)."""

    __tablename__ = "business_numbers"

    number: str = Field(primary_key=True, max_length=20)
    business_id: str = Field(foreign_key="businesses.id", ondelete="CASCADE", index=True)


class MenuItemRow(SQLModel, table=True):
    __tablename__ = "menu_items"
    __table_args__ = (CheckConstraint("price >= 0", name="price"),)

    id: int | None = Field(default=None, primary_key=True)
    business_id: str = Field(foreign_key="businesses.id", ondelete="CASCADE", index=True)
    position: int
    category: str
    name: str
    price: int
    tags: list[str] = Field(sa_type=JSON)
    aliases: list[str] = Field(sa_type=JSON)
    version: int = 1


class FaqRow(SQLModel, table=True):
    __tablename__ = "faqs"

    id: int | None = Field(default=None, primary_key=True)
    business_id: str = Field(foreign_key="businesses.id", ondelete="CASCADE", index=True)
    position: int
    question: str
    answer: str
    version: int = 1


class ReservationRow(SQLModel, table=True):
    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint("party_size > 0", name="party_size"),
        _one_of("status", RESERVATION_STATES),
        _one_of("origin", ORIGINS),
        Index("ix_reservations_business_start", "business_id", "starts_at"),
    )

    id: str = Field(primary_key=True, max_length=36)
    business_id: str = Field(foreign_key="businesses.id")
    reservation_date: date
    reservation_time: time
    starts_at: datetime = Field(sa_type=UtcDateTime)
    party_size: int
    customer_name: str
    phone_hash: str | None = Field(max_length=64, index=True)
    """Null where there never was a number; empty once it was erased."""
    phone_sealed: str | None
    area: str | None = Field(default=None, max_length=31)
    """Promised to the guest."""
    tables: list[str] | None = Field(default=None, sa_type=NULLABLE_JSON)
    """Where the party is thought to sit: all live bookings together prove that there is a seating. Empty: elsewhere."""
    origin: str = "guest"
    status: str = "confirmed"
    notes: str = ""
    call_id: str | None = Field(default=None, index=True)
    idempotency_key: str = Field(unique=True, max_length=64)
    wish_digest: str | None = Field(default=None, max_length=64)
    """Of all that a request with an Idempotency-Key asked for: the key is good for that alone."""
    erase_due: bool = False
    """The guest asked for erasure, and is still to come: the guest's data go after the visit."""
    version: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class SeatHoldRow(SQLModel, table=True):
    """Seats kept for a call in which a booking is being made; after `expires_at` the row means nothing."""

    __tablename__ = "seat_holds"
    __table_args__ = (
        CheckConstraint("party_size > 0", name="party_size"),
        Index("ix_seat_holds_business_start", "business_id", "starts_at"),
    )

    call_id: str = Field(primary_key=True, max_length=128)
    business_id: str = Field(foreign_key="businesses.id", ondelete="CASCADE")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    party_size: int
    area: str | None = Field(default=None, max_length=31)
    tables: list[str] | None = Field(default=None, sa_type=NULLABLE_JSON)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class CallLogFields(SQLModel):
    """What a call's row holds in plain."""

    id: str = Field(primary_key=True, max_length=128)
    business_id: str = Field(foreign_key="businesses.id", index=True)
    channel: str
    caller_id_hash: str | None = Field(default=None, max_length=64, index=True)
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ended_at: datetime = Field(sa_type=UtcDateTime)
    duration_seconds: float
    outcome: str
    result: str | None = None
    consent_type: str
    language: str | None = None
    consent_receipt: dict[str, Any] | None = Field(default=None, sa_type=NULLABLE_JSON)
    """What was said of consent, when, in which language; null when nothing of the call is kept."""


class CallLogRow(CallLogFields, table=True):
    """One call. Transcript and entities are sealed, and null unless the caller went on after hearing of them."""

    __tablename__ = "call_logs"
    __table_args__ = (_one_of("outcome", OUTCOMES), _one_of("consent_type", CONSENTS))

    transcript: str | None = Field(default=None, sa_type=Text)
    entities: str | None = Field(default=None, sa_type=Text)


class CallerPreferenceRow(SQLModel, table=True):
    """What is remembered of a caller, under the hash of the number."""

    __tablename__ = "caller_preferences"

    caller_id_hash: str = Field(primary_key=True, max_length=64)
    no_transcript: bool = False
    no_whatsapp: bool = False
    language: str | None = None
    version: int = 1
    updated_at: datetime = Field(sa_type=UtcDateTime)


class FollowUpRow(SQLModel, table=True):
    """Something that a person owes a caller. The number is there only if the caller agreed to be contacted."""

    __tablename__ = "whatsapp_followups"
    __table_args__ = (_one_of("status", FOLLOW_UP_STATES),)

    id: str = Field(primary_key=True, max_length=36)
    business_id: str = Field(foreign_key="businesses.id", index=True)
    call_id: str = Field(index=True)
    reason: str
    summary: str = ""
    phone_hash: str | None = Field(default=None, max_length=64, index=True)
    phone_sealed: str | None = None
    status: str = Field(default="pending", index=True)
    version: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)


class OutboxRow(SQLModel, table=True):
    """A message that is owed to somebody: what it says and to whom is sealed."""

    __tablename__ = "outbox_messages"
    __table_args__ = (_one_of("status", OUTBOX_STATES), Index("ix_outbox_messages_due", "status", "next_at"))

    id: str = Field(primary_key=True, max_length=36)
    business_id: str = Field(foreign_key="businesses.id", index=True)
    kind: str
    about: str = Field(index=True)
    """`reservations:ID` or `whatsapp_followups:ID`."""
    content_sealed: str | None = Field(sa_type=Text)
    """Language and values, as JSON."""
    to_sealed: str | None
    to_hash: str | None = Field(max_length=64, index=True)
    status: str = "pending"
    attempts: int = 0
    """Also names the lease: whoever holds an earlier one writes nothing."""
    unknowns: int = 0
    """How many requests ended without an answer."""
    next_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the last request was begun: from then on the carrier may have the message."""
    provider_id: str | None = Field(default=None, unique=True)
    failed_provider_id: str | None = None
    """The carrier's id of an attempt that failed: what is still told of it is not of the next."""
    error: str | None = None
    idempotency_key: str = Field(unique=True, max_length=128)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """Who changed what, with the row before and after; never a number."""

    __tablename__ = "audit_logs"
    __table_args__ = (Index("ix_audit_logs_entity", "entity", "entity_id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str
    action: str
    entity: str
    entity_id: str
    before: dict[str, Any] | None = Field(default=None, sa_type=NULLABLE_JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=NULLABLE_JSON)
    ip: str | None = None


class DailyTotalRow(SQLModel, table=True):
    """What is known of a day when its bookings are gone; nobody is in it."""

    __tablename__ = "daily_totals"

    business_id: str = Field(primary_key=True, max_length=63)
    day: date = Field(primary_key=True)
    bookings: int = 0
    guests: int = 0
    cancelled: int = 0
    no_shows: int = 0


class SealedCopyRow(SQLModel, table=True):
    """What was erased from use, for as long as a law asks for it: found by time only, under no number or hash."""

    __tablename__ = "sealed_copies"

    id: str = Field(primary_key=True, max_length=36)
    made_at: datetime = Field(sa_type=UtcDateTime)
    of: datetime = Field(sa_type=UtcDateTime, index=True)
    """When the data were collected."""
    keep_until: datetime = Field(sa_type=UtcDateTime, index=True)
    data_sealed: str = Field(sa_type=Text)


class AdminSessionRow(SQLModel, table=True):
    """A login that lasts. What the browser holds cannot be made from it."""

    __tablename__ = "admin_sessions"

    id: str = Field(primary_key=True, max_length=64)
    """The digest of the id in the cookie."""
    credential: str = Field(max_length=64)
    """Which name and password it began with: with another password it is over."""
    started_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime, index=True)

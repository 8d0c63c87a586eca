"""The routes of the API's resources."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from ...core.business import Business
from ...db import models
from ...schemas import resources as schemas
from ..stores import tables
from ..stores.businesses import BusinessResource
from ..stores.reservations import ReservationResource
from .crud import Resource, crud_router

Number = Annotated[int, Path(alias="id", ge=1, le=2**31 - 1)]
Hash = Annotated[str, Path(alias="id", pattern=r"^[0-9a-f]{64}$")]

RESOURCES = (
    Resource(
        path="reservations",
        one="reservation",
        table=models.ReservationRow,
        store=ReservationResource,
        read=schemas.ReservationRead,
        create=schemas.ReservationCreate,
        patch=schemas.ReservationPatch,
        filters=(
            "business_id",
            "status",
            "call_id",
            "reservation_date",
            "reservation_date_from",
            "reservation_date_to",
        ),
        sort=("starts_at", "created_at", "party_size"),
        idempotent=True,
    ),
    Resource(
        path="businesses",
        one="business",
        table=models.BusinessRow,
        store=BusinessResource,
        read=schemas.BusinessRead,
        create=Business,
        patch=schemas.BusinessPatch,
    ),
    Resource(
        path="menu-items",
        one="menu item",
        table=models.MenuItemRow,
        store=tables.MenuItemResource,
        read=schemas.MenuItemRead,
        create=schemas.MenuItemCreate,
        patch=schemas.MenuItemPatch,
        filters=("business_id", "category", "name", "price_from", "price_to"),
        sort=("position", "name", "price", "category"),
        key=Number,
    ),
    Resource(
        path="faqs",
        one="FAQ",
        table=models.FaqRow,
        store=tables.FaqResource,
        read=schemas.FaqRead,
        create=schemas.FaqCreate,
        patch=schemas.FaqPatch,
        filters=("business_id",),
        sort=("position", "question"),
        key=Number,
    ),
    Resource(
        path="call-logs",
        one="call log",
        table=models.CallLogRow,
        store=tables.CallLogResource,
        read=schemas.CallLogRead,
        filters=("business_id", "outcome", "result", "consent_type", "language", "channel"),
        sort=("started_at", "duration_seconds"),
    ),
    Resource(
        path="follow-ups",
        one="follow-up",
        table=models.FollowUpRow,
        store=tables.FollowUpResource,
        read=schemas.FollowUpRead,
        create=schemas.FollowUpCreate,
        patch=schemas.FollowUpPatch,
        filters=("business_id", "status", "reason", "call_id"),
        sort=("created_at",),
    ),
    Resource(
        path="caller-preferences",
        one="caller preference",
        table=models.CallerPreferenceRow,
        store=tables.CallerPreferenceResource,
        read=schemas.CallerPreferenceRead,
        create=schemas.CallerPreferenceCreate,
        patch=schemas.CallerPreferencePatch,
        filters=("no_transcript", "no_whatsapp", "language"),
        sort=("updated_at",),
        key=Hash,
    ),
)

router = APIRouter()
for resource in RESOURCES:
    router.include_router(crud_router(resource))

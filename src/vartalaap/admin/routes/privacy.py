"""Everything about one number: exported for its owner, or erased, each with a receipt (R65). No number in a URL."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from ...bootstrap import Running
from ...core.phone import PhoneNumber
from ..pages import page
from ..visitor import LoggedIn

router = APIRouter()


class Asked(BaseModel):
    number: str = Field("", max_length=40)


class Erasure(Asked):
    bookings: Literal["keep", "cancel"] = "keep"
    sure: bool = False


@router.get("/privacy")
async def form(request: Request, visitor: LoggedIn, parts: Running) -> Response:
    """Whose data, and what shall be done with them."""
    return page(request, "privacy.html", {"business": parts.business}, visitor)


@router.post("/privacy/export")
async def export(request: Request, visitor: LoggedIn, parts: Running, given: Annotated[Asked, Form()]) -> Response:
    """All that is held of the number, as a file for the person alone."""
    phone = PhoneNumber.parse(given.number)
    if phone is None:
        return page(request, "privacy.html", {"business": parts.business, "wrong": True}, visitor, status=422)
    found = await parts.office.personal_data.export(phone, visitor.actor)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="personal-data-{found["receipt"]}.json"',
    }
    content = orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2)
    return Response(content, media_type="application/json", headers=headers)


@router.post("/privacy/erase")
async def erase(request: Request, visitor: LoggedIn, parts: Running, given: Annotated[Erasure, Form()]) -> Response:
    """Asks first, naming what would be kept or cancelled; then erases, and shows the receipt."""
    phone = PhoneNumber.parse(given.number)
    values: dict[str, object] = {"business": parts.business}
    if phone is None:
        return page(request, "privacy.html", {**values, "wrong": True}, visitor, status=422)
    if not given.sure:
        coming = await parts.office.personal_data.coming(phone)
        values |= {"number": phone.e164, "masked": phone.masked, "coming": coming}
        return page(request, "erase.html", values, visitor)
    receipt = await parts.office.personal_data.erase(phone, visitor.actor, given.bookings)
    at = receipt.at.astimezone(parts.business.tz)
    return page(request, "erased.html", {**values, "receipt": receipt, "at": at, "masked": phone.masked}, visitor)

"""WhatsApp's webhook: what became of our messages, and what people write to us.

Everything may come twice and in any order; each part says how a thing stands, so that nothing needs to be counted.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from loguru import logger

from ...bootstrap import Running
from ...config import Settings
from ...core.messages import wish_of
from ...core.phone import PhoneNumber
from ...db.repositories.opt_outs import OptOuts
from ...db.repositories.outbox import Outbox
from ...errors import BadRequest, Forbidden, NotFound
from ...services.messaging.codes import pause_s, verdict
from ...services.messaging.whatsapp import CALLBACK
from ...services.messaging.wire import code_of, name_of, parsed

SIGNATURE = "X-Hub-Signature-256"


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Configured = Annotated[Settings, Depends(_settings)]
router = APIRouter(prefix="/whatsapp", tags=["whatsapp"], responses={403: {"description": "Not from WhatsApp"}})


@router.get("/webhook", operation_id="whatsapp_verify", summary="WhatsApp asks whether this is ours")
async def verify(
    settings: Configured,
    mode: Annotated[str, Query(alias="hub.mode", max_length=40)] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=200)] = "",
    token: Annotated[str, Query(alias="hub.verify_token", max_length=200)] = "",
) -> Response:
    """Gives the challenge back to whoever knows `WHATSAPP_VERIFY_TOKEN`."""
    expected = settings.whatsapp_verify_token
    if expected is None or mode != "subscribe" or not _same(token, expected.get_secret_value()):
        raise Forbidden("the verify token is not ours")
    return Response(challenge, media_type="text/plain")


@router.post("/webhook", operation_id="whatsapp_webhook", summary="WhatsApp reports")
async def receive(request: Request, parts: Running, settings: Configured) -> Response:
    """Settles messages by their reports; who writes STOP is sent nothing more from this request on."""
    body, outbox, secret = await request.body(), parts.office.outbox, settings.whatsapp_app_secret
    if secret is None or not is_signed(body, request.headers.get(SIGNATURE, ""), secret.get_secret_value()):
        raise Forbidden("the request is not signed by WhatsApp")
    if outbox is None:
        raise NotFound("no messages are sent from here")
    try:
        changes = list(_changes(parsed(body), settings.whatsapp_phone_number_id))
    except ValueError:
        raise BadRequest("the request is no JSON") from None
    for value in changes:
        for message in _objects(value.get("messages")):
            await _heard(outbox, parts.office.opt_outs, message)
    for value in changes:
        for status in _objects(value.get("statuses")):
            await _reported(outbox, parts.office.opt_outs, status)
    return Response(status_code=200)


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """In constant time: is this the signature of exactly these bytes?"""
    return _same(signature, "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex())


async def _reported(outbox: Outbox, opt_outs: OptOuts, status: dict[str, Any]) -> None:
    ours, wamid, said = (name_of(status.get(field)) for field in ("biz_opaque_callback_data", "id", "status"))
    message_id = ours.removeprefix(CALLBACK) if ours.startswith(CALLBACK) else None
    if not wamid:
        logger.warning("a report that names no message is left out")
        return
    codes = (code_of(error) for error in _objects(status.get("errors")))
    code = next((code for code in codes if code is not None), None)
    if said != "failed" or code is None:
        await outbox.told(message_id, wamid, "read" if said == "played" else said, error="failed")
        return
    pause = pause_s(code)
    logger.warning("a message was not delivered", message=message_id, code=code)
    receiver = await outbox.receiver_of(message_id, wamid) if verdict(code) == "opted_out" else None
    await outbox.told(message_id, wamid, "failed", error=str(code), again_in_s=pause)
    if receiver:
        await opt_outs.stop(receiver)


async def _heard(outbox: Outbox, opt_outs: OptOuts, message: dict[str, Any]) -> None:
    """Who hides the number is known by the message of ours that was answered; else nobody can say who it is."""
    phone = PhoneNumber.parse(f"+{sender}") if (sender := name_of(message.get("from"))).isdecimal() else None
    match message:
        case {"text": {"body": str(text)}} | {"button": {"text": str(text)}}:
            pass
        case {"interactive": {"button_reply": {"title": str(text)}} | {"list_reply": {"title": str(text)}}}:
            pass
        case _:
            text = ""
    wish = wish_of(text)
    if phone is None and (answers := message.get("context")) and isinstance(answers, dict):
        phone = await outbox.receiver_of(None, name_of(answers.get("id")))
    if phone is None:
        if wish:
            logger.warning("somebody who hides the number wrote {}: look into WhatsApp's inbox", wish.upper())
    elif wish is None:
        await opt_outs.answered(phone)
    else:
        written = _seconds(message.get("timestamp"))
        await (opt_outs.stop(phone) if wish == "stop" else opt_outs.start(phone, written))
        logger.info("a person wants {} messages", "no" if wish == "stop" else "to get")


def _changes(payload: object, phone_number_id: str) -> Iterator[dict[str, Any]]:
    """What concerns our number, of everything that one request may hold."""
    for entry in _objects(payload.get("entry") if isinstance(payload, dict) else None):
        for change in _objects(entry.get("changes")):
            value = change.get("value")
            if change.get("field") == "messages" and isinstance(value, dict):
                metadata = value.get("metadata")
                if isinstance(metadata, dict) and metadata.get("phone_number_id") == phone_number_id:
                    yield value


def _objects(value: object) -> Iterator[dict[str, Any]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _seconds(value: object) -> datetime | None:
    """When it was written."""
    plausible = isinstance(value, str) and value.isdecimal() and len(value) <= 11
    return datetime.fromtimestamp(int(str(value)), UTC) if plausible else None


def _same(given: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())

"""Twilio as a second carrier: its webhooks and its stream. Served only with `TWILIO_AUTH_TOKEN`."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, WebSocket
from pydantic import BaseModel, Field

from vartalaap.api.after_stream import NextStep, after_dial, after_stream, if_full
from vartalaap.api.own_path import own_path
from vartalaap.api.websocket.audio_stream import serve_stream
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import Forbidden
from vartalaap.security.tokens import PendingCall
from vartalaap.services.telephony.ports import PhoneParts, phone_parts
from vartalaap.services.telephony.twilio import SIGNATURE, answer_xml, next_xml, sign
from vartalaap.services.telephony.twilio_stream import TwilioStream

Parts = Annotated[PhoneParts, Depends(phone_parts)]
_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


async def require_signature(request: Request, parts: Parts) -> None:
    """Refuse (403) what Twilio did not sign."""
    token = parts.settings.twilio_auth_token
    form = await request.form()
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{parts.settings.reachable_url}{own_path(request.scope)}{request.url.path}{query}"
    offered = request.headers.get(SIGNATURE, "").encode("utf-8", "replace")
    if token is None or not hmac.compare_digest(sign(url, token.get_secret_value(), fields).encode(), offered):
        raise Forbidden("the request is not signed by Twilio")


router = APIRouter(tags=["twilio"])
_webhooks = APIRouter(
    prefix="/twilio",
    dependencies=[Depends(require_signature)],
    responses={403: {"description": "The request is not signed by Twilio"}},
)


class TwilioCall(BaseModel):
    """The fields of a call in every webhook."""

    call_id: Annotated[str, Field(alias="CallSid", pattern=r"^[A-Za-z0-9]{1,64}$")]
    caller: str = Field("", alias="From")
    called: str = Field("", alias="To")
    status: str = Field("", alias="CallStatus")
    dial_status: str = Field("", alias="DialCallStatus", pattern=r"^[a-z-]{0,32}$")


Call = Annotated[TwilioCall, Form()]


@_webhooks.post("/answer", operation_id="twilio_answer", summary="A call comes in")
async def answer(call: Call, parts: Parts) -> Response:
    """Answers with TwiML that connects the call's audio to `/ws/twilio`."""
    return await _answer(call, parts)


@_webhooks.post("/after", operation_id="twilio_after", summary="A call's audio has ended")
async def after(call: Call, parts: Parts) -> Response:
    """What follows our stream, as `/plivo/after` tells it."""
    return _say(await after_stream(call.call_id, PhoneNumber.parse(call.called), parts), parts)


@_webhooks.post("/dialled", operation_id="twilio_dialled", summary="A person was rung")
async def dialled(call: Call, parts: Parts) -> Response:
    """The end after a conversation; if nobody answered, the caller goes on with us where we were."""
    step = await after_dial(call.call_id, PhoneNumber.parse(call.called), call.dial_status, parts)
    return await _answer(call, parts) if step is None else _say(step, parts)


@_webhooks.post("/status", operation_id="twilio_status", summary="A call has changed")
async def status(call: Call, parts: Parts) -> Response:
    """Ends the live session of a call that is over."""
    if call.status in _OVER:
        await parts.calls.hang_up(call.call_id, "the carrier ended the call")
    return Response()


@router.websocket("/ws/twilio/{token}")
async def stream(socket: WebSocket, token: str) -> None:
    """The stream of a call on Twilio, admitted by its token."""
    await serve_stream(socket, token, TwilioStream)


async def _answer(call: TwilioCall, parts: PhoneParts) -> Response:
    called = PhoneNumber.parse(call.called)
    if step := await if_full(call.call_id, called, parts):
        return _say(step, parts)
    pending = PendingCall(call.call_id, PhoneNumber.parse(call.caller), called)
    token = parts.pending_calls.register(pending, parts.clock.now())
    return _xml(answer_xml(parts.settings.own_url, token))


def _say(step: NextStep, parts: PhoneParts) -> Response:
    return _xml(next_xml(parts.settings.own_url, step.spoken, step.person))


def _xml(content: bytes) -> Response:
    return Response(content, media_type="application/xml")


router.include_router(_webhooks)

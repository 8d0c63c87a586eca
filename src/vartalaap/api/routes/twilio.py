"""Twilio as a second carrier: its webhooks and its stream. Served only with `TWILIO_AUTH_TOKEN`."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response, WebSocket
from loguru import logger
from pydantic import BaseModel, Field

from ...api.after_stream import NextStep, after_dial, after_stream, if_full, others_asked
from ...api.own_path import signed_parts
from ...api.websocket.audio_stream import serve_stream
from ...bootstrap import Parts, Running
from ...core.phone import PhoneNumber
from ...errors import Forbidden
from ...security.tokens import PendingCall
from ...services.telephony.plivo import redirect_xml  # the same words in both
from ...services.telephony.twilio import ANSWER, answer_xml, is_signed, next_xml, sign
from ...services.telephony.twilio_stream import TwilioStream

_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


async def require_signature(request: Request, parts: Running) -> str:
    """What tells this request from all others. Refuses (403) what Twilio did not sign, and what was made before."""
    secret = parts.settings.twilio_auth_token
    url, fields = await signed_parts(request, parts.settings)
    if secret is None or not is_signed(url, request.headers, secret.get_secret_value(), fields):
        logger.warning("unsigned or wrongly signed webhook refused: {}", request.url.path)
        raise Forbidden("the request is not signed by Twilio")
    # Made here and not taken from the headers: with the port or without, the request is the same.
    signature = sign(url, secret.get_secret_value(), fields)
    parts.seen_webhooks.admit(signature, url, fields, parts.clock.now())
    return signature


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
Signature = Annotated[str, Depends(require_signature)]
Stream = Annotated[str, Query(max_length=64, description="which stream of the call came before")]


@_webhooks.post("/answer", operation_id="twilio_answer", summary="A call comes in")
async def answer(call: Call, parts: Running, request: Request, signature: Signature) -> Response:
    """Answers with TwiML that connects the call's audio to `/ws/twilio`."""
    return await _answer(call, parts, signature, ANSWER, others_asked(request))


@_webhooks.post("/after", operation_id="twilio_after", summary="A call's audio has ended")
async def after(call: Call, parts: Running, stream: Stream = "") -> Response:
    """What follows our stream, as `/plivo/after` tells it."""
    return _say(await after_stream(call.call_id, PhoneNumber.parse(call.called), parts), parts, stream)


@_webhooks.post("/dialled", operation_id="twilio_dialled", summary="A person was rung")
async def dialled(call: Call, parts: Running, signature: Signature, stream: Stream = "") -> Response:
    """The end after a conversation; if nobody answered, the caller goes on with us where we were."""
    step = await after_dial(call.call_id, PhoneNumber.parse(call.called), call.dial_status, parts)
    return await _answer(call, parts, signature) if step is None else _say(step, parts, stream)


@_webhooks.post("/status", operation_id="twilio_status", summary="A call has changed")
async def status(call: Call, parts: Running) -> Response:
    """Ends the live session of a call that is over."""
    if call.status in _OVER:
        await parts.calls.hang_up(call.call_id, "the carrier ended the call")
    return Response()


@router.websocket("/ws/twilio/{token}")
async def audio(socket: WebSocket, token: str) -> None:
    """The stream of a call on Twilio, admitted by its token."""
    await serve_stream(socket, "twilio", token, TwilioStream)


async def _answer(call: TwilioCall, parts: Parts, signature: str, anew: str = "", asked: int = 0) -> Response:
    called = PhoneNumber.parse(call.called)
    if step := await if_full(call.call_id, called, parts, anew, asked):
        return _say(step, parts, stream="")
    pending = PendingCall("twilio", call.call_id, PhoneNumber.parse(call.caller), called)
    token = parts.pending_calls.register(pending, parts.clock.now(), signature)
    return _xml(answer_xml(parts.settings.own_url, token, hashlib.sha256(token.encode()).hexdigest()[:16]))


def _say(step: NextStep, parts: Parts, stream: str) -> Response:
    if step.elsewhere:
        return _xml(redirect_xml(step.elsewhere))
    return _xml(next_xml(parts.settings.own_url, step.spoken, step.person, stream))


def _xml(content: bytes) -> Response:
    return Response(content, media_type="application/xml")


router.include_router(_webhooks)

"""Plivo's webhooks. Each must be signed by Plivo; fields that are not named here are ignored.

Each may come twice, late, or in another order. None is counted: the answer to each follows from where the call stands.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from loguru import logger
from pydantic import BaseModel, Field

from ...api.after_stream import NextStep, after_dial, after_stream, if_full, others_asked
from ...api.own_path import signed_parts
from ...bootstrap import Parts, Running
from ...core.phone import PhoneNumber
from ...errors import Forbidden
from ...security.signatures import NONCE, is_signed, sign
from ...security.tokens import PendingCall
from ...services.telephony.plivo import ANSWER, answer_xml, connect_xml, last_words_xml, redirect_xml


async def require_signature(request: Request, parts: Running) -> None:
    """Refuse (403) what Plivo did not sign; development without an auth token accepts everything, with a warning."""
    settings = parts.settings
    if settings.plivo_auth_token is None:
        if settings.environment == "production":
            raise Forbidden("webhooks need PLIVO_AUTH_TOKEN")
        _warn_of_unsigned_webhooks()
        return
    url, fields = await signed_parts(request, settings)
    urls = [url]
    if settings.environment == "development":
        urls.append(str(request.url))  # signed for 127.0.0.1 or localhost, whichever the developer called
    token = settings.plivo_auth_token.get_secret_value()
    if not any(is_signed(request.method, each, request.headers, token, fields) for each in urls):
        logger.warning("unsigned or wrongly signed webhook refused: {}", request.url.path)
        raise Forbidden("the request is not signed by Plivo")
    # Made here and not taken from the headers: those may list the same signature in many ways.
    signature = sign(request.method, url, request.headers[NONCE], token, fields)
    parts.seen_webhooks.admit(signature, url, fields, parts.clock.now())


@cache
def _warn_of_unsigned_webhooks() -> None:
    logger.warning("PLIVO_AUTH_TOKEN is not set: unsigned webhooks are accepted (development only)")


STREAM_TROUBLES = ("failed", "droppedstream", "degradedstream")
STREAM_REASONS = ("completed", "connection_failed", "authentication_failed", "invalid_content_type", "buffer_overflow")
CallId = Annotated[
    str, Field(alias="CallUUID", pattern=r"^[A-Za-z0-9_.:@-]{1,128}$", description="Plivo's id of the call")
]
router = APIRouter(
    prefix="/plivo",
    tags=["plivo"],
    dependencies=[Depends(require_signature)],
    responses={403: {"description": "The request is not signed by Plivo"}},
)


class XmlResponse(Response):
    media_type = "application/xml"


class AnsweredCall(BaseModel):
    """A call that came in."""

    call_id: CallId
    caller: str = Field("", alias="From", description="digits with country code; empty or a word if withheld")
    called: str = Field("", alias="To")


class DialledCall(AnsweredCall):
    """A call for which a person's telephone has rung."""

    status: str = Field("", alias="DialStatus")


class EndedCall(BaseModel):
    """A call that is over."""

    call_id: CallId
    cause: str = Field("", alias="HangupCauseCode", description="a number of Plivo's list")


class RingingCall(BaseModel):
    """A call that is ringing."""

    call_id: CallId


class StreamStatus(BaseModel):
    """The carrier's view of an audio stream; two vocabularies are in use (`StartStream`, `started`, ...)."""

    call_id: str = Field("", alias="CallUUID", pattern=r"^[A-Za-z0-9_.:@-]{0,128}$")
    event: str = Field("", alias="Event")
    reason: str = Field("", alias="StatusReason")


async def _answer(call: AnsweredCall, parts: Parts, request: Request, *, is_new: bool) -> XmlResponse:
    called = PhoneNumber.parse(call.called)
    if step := await if_full(call.call_id, called, parts, ANSWER if is_new else "", others_asked(request)):
        return _say(step, parts)
    pending = PendingCall("plivo", call.call_id, PhoneNumber.parse(call.caller), called)
    token = parts.pending_calls.register(pending, parts.clock.now(), request.headers.get(NONCE, ""))
    logger.info("call {} answered, caller {}", call.call_id, "known" if pending.caller else "anonymous")
    return XmlResponse(answer_xml(parts.settings.own_url, token))


@router.post("/answer", response_class=XmlResponse, operation_id="plivo_answer", summary="A call comes in")
async def answer(call: Annotated[AnsweredCall, Form()], parts: Running, request: Request) -> XmlResponse:
    """Answers with Plivo XML that connects the call's audio to `/ws/audio` with a single-use token."""
    return await _answer(call, parts, request, is_new=True)


@router.get("/answer", response_class=XmlResponse, operation_id="plivo_answer_get", summary="A call comes in (GET)")
async def answer_get(call: Annotated[AnsweredCall, Query()], parts: Running, request: Request) -> XmlResponse:
    """The same for an application that is configured to use GET."""
    return await _answer(call, parts, request, is_new=True)


@router.post("/after", response_class=XmlResponse, operation_id="plivo_after", summary="A call's audio has ended")
async def after(call: Annotated[AnsweredCall, Form()], parts: Running) -> XmlResponse:
    """What follows our stream: nothing after our goodbye, a person's telephone, or an apology for a broken call."""
    return _say(await after_stream(call.call_id, PhoneNumber.parse(call.called), parts), parts)


@router.post("/dialled", response_class=XmlResponse, operation_id="plivo_dialled", summary="A person was rung")
async def dialled(call: Annotated[DialledCall, Form()], parts: Running, request: Request) -> XmlResponse:
    """The end after a conversation; if nobody answered, the caller goes on with us where we were."""
    step = await after_dial(call.call_id, PhoneNumber.parse(call.called), _one_word(call.status), parts)
    return await _answer(call, parts, request, is_new=False) if step is None else _say(step, parts)


def _say(step: NextStep, parts: Parts) -> XmlResponse:
    if step.elsewhere:
        return XmlResponse(redirect_xml(step.elsewhere))
    if step.person is None:
        return XmlResponse(last_words_xml(step.spoken))
    return XmlResponse(connect_xml(parts.settings.own_url, step.person, step.spoken))


@router.post("/hangup", response_class=Response, operation_id="plivo_hangup", summary="A call is over")
async def hangup(call: Annotated[EndedCall, Form()], parts: Running) -> Response:
    """Ends the live session, if there still is one."""
    await parts.calls.hang_up(call.call_id, "the carrier ended the call")
    logger.info("call {} hung up: {}", call.call_id, call.cause if call.cause.isdecimal() else "no cause")
    return Response()


@router.post("/ringing", response_class=Response, operation_id="plivo_ringing", summary="A call is ringing")
async def ringing(call: Annotated[RingingCall, Form()]) -> Response:
    """Only noted."""
    logger.debug("call {} is ringing", call.call_id)
    return Response()


@router.post("/stream-status", response_class=Response, operation_id="plivo_stream_status", summary="A stream changed")
async def stream_status(status: Annotated[StreamStatus, Form()]) -> Response:
    """Only noted: the audio socket itself is what begins and ends a session."""
    event = status.event.lower()
    if event in STREAM_TROUBLES:
        reason = status.reason if status.reason in STREAM_REASONS else "of another reason"
        logger.warning("stream of call {}: {}, {}", status.call_id, event, reason)
    return Response()


def _one_word(text: str) -> str:
    """Foreign text made fit for a log line: letters, digits and `-_` only, at most 64."""
    return "".join(letter for letter in text if letter.isascii() and (letter.isalnum() or letter in "-_"))[:64]

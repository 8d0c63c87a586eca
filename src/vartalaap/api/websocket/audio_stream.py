"""The audio of a telephone call: a WebSocket from the carrier, seen by the session as a `Line`."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, WebSocket
from loguru import logger

from ...api.own_path import own_path
from ...bootstrap import Parts, parts_of
from ...config import Settings
from ...errors import Forbidden, FrameFault, ProtocolError, ProviderError, VartalaapError
from ...security.signatures import SIGNATURE, is_signed
from ...security.tokens import Carrier, PendingCall
from ...services.telephony.carrier_control import CarrierControl
from ...services.telephony.inflow import Inflow
from ...services.telephony.line import CarrierLine, Codec
from ...services.telephony.plivo_stream import PlivoStream

INTERNAL_ERROR = 1011

router = APIRouter()


@router.websocket("/ws/audio")
async def audio_stream(socket: WebSocket, token: str = "") -> None:
    """The stream of a call on Plivo, admitted by its signature and its token."""
    parts = parts_of(socket)
    try:
        _check_handshake(socket, parts.settings)
    except Forbidden as refusal:
        await _refuse(socket, refusal)
        return
    await serve_stream(socket, "plivo", token, PlivoStream, parts.carrier)


async def serve_stream(
    socket: WebSocket,
    carrier: Carrier,
    token: str,
    codec: Callable[[str], Codec],
    control: CarrierControl | None = None,
) -> None:
    """Serve one call: the token admits it, `start` must name the token's call, the session does the rest.

    Another stream with the token of a call whose own has broken off goes on with that call.
    """
    parts = parts_of(socket)
    if line := parts.open_lines.broken(carrier, token):
        await socket.accept()
        await line.reopen(socket)
        return
    try:
        pending = parts.pending_calls.redeem(token, carrier, parts.clock.now())
    except Forbidden as refusal:
        await _refuse(socket, refusal)
        return
    await socket.accept()

    def count(fault: FrameFault) -> None:
        parts.open_lines.malformed[carrier, fault] += 1

    line = CarrierLine(socket, pending.call_id, codec(pending.call_id), count, Inflow("phone", parts.inflow))
    parts.open_lines.add(carrier, token, line)
    try:
        if not await _serve_line(line, pending, parts, control):
            parts.pending_calls.give_back(token)
    finally:
        parts.open_lines.remove(carrier, token)


async def _refuse(socket: WebSocket, refusal: Forbidden) -> None:
    logger.warning("audio stream refused: {}", refusal.message)
    await socket.close()  # before it was accepted: the handshake is answered with 403


async def _serve_line(line: CarrierLine, pending: PendingCall, parts: Parts, control: CarrierControl | None) -> bool:
    """The call on this line, from its start to its end; False if the peer went away before its start."""
    try:
        if started := await line.wait_for_start():
            session = await parts.open_session(
                line, call_id=pending.call_id, caller=pending.caller, called=pending.called
            )
            await session.run()
            owed = parts.calls.after_stream(pending.call_id)
            if control and line.broke_off and owed and owed.step == "hang_up":
                await _end_call(pending.call_id, control)
        await line.close()
        return started is not None
    except VartalaapError as error:
        logger.warning("call {}: {}", pending.call_id, error.message)
        await line.close(error.close_code if isinstance(error, ProtocolError) else INTERNAL_ERROR, error.message)
        parts.calls.give_up(pending.call_id)
        return True
    finally:
        await line.close(INTERNAL_ERROR, "the call failed")  # only the first close counts


async def _end_call(call_id: str, control: CarrierControl) -> None:
    """After our goodbye on a stream that broke off, the call itself is ended; any other is left to what comes after."""
    try:
        await control.hang_up(call_id)
    except ProviderError as error:
        logger.warning("call {}: {}", call_id, error.message)


def _check_handshake(socket: WebSocket, settings: Settings) -> None:
    """A handshake that carries a signature must carry a right one.

    The documents disagree on the scheme that is signed, and on whether it always is: hence every scheme, and
    a handshake without a signature stands on its token alone.
    """
    if settings.plivo_auth_token is None or SIGNATURE not in socket.headers:
        return
    token = settings.plivo_auth_token.get_secret_value()
    host = settings.reachable_url.partition("://")[2]
    hosts = [host, socket.url.netloc] if settings.environment == "development" else [host]
    target = f"{own_path(socket.scope)}{socket.url.path}?{socket.url.query}"
    urls = [f"{scheme}://{name}{target}" for name in hosts for scheme in ("http", "https", "wss", "ws")]
    if not any(is_signed("GET", url, socket.headers, token) for url in urls):
        raise Forbidden("the handshake's signature is wrong")

"""Meta's Cloud API: a template message to one person, asked for once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from loguru import logger

from ...core.messages import Message, MessageRefused, NotAccepted, OutcomeUnknown
from ..breaker import REST, Breaker
from ..metrics import ProviderMetrics
from .codes import pause_s, verdict
from .texts import parameters
from .wire import code_of, name_of, parsed

CONNECT_S, ANSWER_S = 3.0, 10.0
FAILURES = 5
CALLBACK = "outbox:"
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The request did not reach the server."""


@dataclass(frozen=True, slots=True)
class Account:
    """A number of a WhatsApp business account."""

    base_url: str
    version: str
    phone_number_id: str
    token: str = field(repr=False)
    template_prefix: str = ""
    """Before the kind in a template's name."""


class WhatsApp:
    """`core.messages.Messenger` over HTTP, with warm connections and a breaker."""

    def __init__(self, account: Account, metrics: ProviderMetrics, *, answer_s: float = ANSWER_S) -> None:
        self._account = account
        self._metrics = metrics
        self._breaker = Breaker(time.monotonic, FAILURES)
        self._url = f"{account.base_url.rstrip('/')}/{account.version}/{account.phone_number_id}/messages"
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(answer_s, connect=CONNECT_S),
            headers={"Authorization": f"Bearer {account.token}"},
            limits=httpx.Limits(max_connections=20, keepalive_expiry=60.0),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def send(self, message: Message) -> str:
        """The message's wamid."""
        if not self._breaker.let_through():
            raise NotAccepted("WhatsApp is left alone for a while", retry_after_s=REST.first)
        try:
            with self._metrics.measured("messaging", "whatsapp"):
                wamid = await self._post(message)
        except MessageRefused:
            self._breaker.succeeded()
            raise
        except (NotAccepted, OutcomeUnknown) as error:
            if isinstance(error, NotAccepted) and error.code:
                self._breaker.succeeded()
            else:
                self._breaker.failed()
            raise
        self._breaker.succeeded()
        return wamid

    async def _post(self, message: Message) -> str:
        try:
            response = await self._http.post(self._url, json=self._body(message))
        except _NOT_SENT as error:
            raise NotAccepted(f"WhatsApp cannot be reached: {type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"WhatsApp did not answer: {type(error).__name__}") from None
        answer = _json(response)
        if response.is_success:
            return _wamid(answer)
        raise _failure(response, answer)

    def _body(self, message: Message) -> dict[str, object]:
        values = [{"type": "text", "text": value} for value in parameters(message)]
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": message.to.e164.removeprefix("+"),
            "type": "template",
            "template": {
                "name": f"{self._account.template_prefix}{message.kind}",
                "language": {"code": message.language},
                "components": [{"type": "body", "parameters": values}],
            },
            "biz_opaque_callback_data": f"{CALLBACK}{message.id}",
        }


def _json(response: httpx.Response) -> Any:
    try:
        return parsed(response.content)
    except ValueError:
        return None


def _wamid(answer: Any) -> str:
    match answer:
        case {"messages": [{"id": id_}, *_]} if wamid := name_of(id_):
            return wamid
    raise OutcomeUnknown("WhatsApp's answer names no message")


def _failure(response: httpx.Response, answer: Any) -> NotAccepted | OutcomeUnknown | MessageRefused:
    """By its code; an answer without one says as much as its status does."""
    after, status = _retry_after(response), response.status_code
    code = code_of(answer.get("error")) if isinstance(answer, dict) else None
    if code is None:
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return NotAccepted("WhatsApp's limit is reached", code="429", retry_after_s=after)
        if response.is_server_error:  # a gateway's: what stands behind it may have taken the message
            return OutcomeUnknown(f"WhatsApp answered {status}")
        return NotAccepted(f"WhatsApp answered {status}", code=str(status), retry_after_s=max(60.0, after))
    pause = pause_s(code)
    if verdict(code) == "account":
        logger.error("WhatsApp refuses this account: its owner must look", code=code)
    if pause is None:
        return MessageRefused("WhatsApp refuses the message", code=str(code), opted_out=verdict(code) == "opted_out")
    return NotAccepted("WhatsApp does not take the message yet", code=str(code), retry_after_s=max(pause, after))


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    return min(float(value), 86_400.0) if value.isdecimal() else 0.0

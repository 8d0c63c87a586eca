"""Plivo's REST API: what we can do to a call from outside its stream, and text messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx
from loguru import logger

from ...backoff import Backoff
from ...core.phone import PhoneNumber
from ...errors import ProviderError, ProviderRefused

DEADLINE_S = 8.0
CONNECT_S = 1.0
ATTEMPT_S = 3.0
BACK_OFF = Backoff(0.2, 5.0)
"""Plivo counts 300 requests in five seconds: so long after a 429 it surely serves again."""
WARM_S = 1.0
KEEP_ALIVE_S = 240.0
_GONE = 404

CallState = Literal["live", "ended", "unknown"]
Legs = Literal["aleg", "bleg", "both"]


@dataclass(frozen=True, slots=True)
class Registration:
    """An Indian SMS template's registration (DLT), without which operators drop the message."""

    entity_id: str
    template_id: str
    category: str = "service_implicit"


class PlivoRest:
    """One account's API, with warm connections. Close it with `aclose`.

    A 429, a 5xx and a broken connection are tried again within `deadline_s`; then `ProviderError`. What trying again
    cannot mend is `ProviderRefused`. No error names a number or a text.
    """

    def __init__(self, base_url: str, auth_id: str, auth_token: str, *, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._http = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/v1/Account/{quote(auth_id, safe='')}/",
            auth=(auth_id, auth_token),
            timeout=httpx.Timeout(ATTEMPT_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=50, keepalive_expiry=KEEP_ALIVE_S),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def warm(self) -> None:
        """Open a connection; that the server answers anything is enough."""
        try:
            async with asyncio.timeout(WARM_S):
                await self._http.head("")
        except (httpx.HTTPError, TimeoutError) as error:
            logger.info("Plivo's API does not answer", error=type(error).__name__)

    async def hang_up(self, call_id: str) -> None:
        """End the call; one that has ended is no error."""
        await self._ask("DELETE", _call(call_id), may_be_gone=True)

    async def transfer(self, call_id: str, url: str, *, legs: Legs = "aleg") -> None:
        """Go on with the XML at `url`; `both` takes the other leg there too. `ProviderRefused` for an ended call."""
        target = {"aleg": ("aleg",), "bleg": ("bleg",), "both": ("aleg", "bleg")}[legs]
        where = {f"{leg}_url": url for leg in target} | {f"{leg}_method": "POST" for leg in target}
        await self._ask("POST", _call(call_id), {"legs": legs, **where})

    async def status(self, call_id: str) -> CallState:
        """Is the call going on? `unknown` is one that the account never had, or whose record is not written yet."""
        if await self._ask("GET", f"{_call(call_id)}?status=live", may_be_gone=True) is not None:
            return "live"
        return "unknown" if await self._ask("GET", _call(call_id), may_be_gone=True) is None else "ended"

    async def send_message(
        self,
        sender: str,
        to: PhoneNumber,
        text: str,
        *,
        status_url: str | None = None,
        registration: Registration | None = None,
    ) -> str:
        """Queue an SMS; Plivo's id of it. `sender` is a number or a registered header.

        There is no idempotency key: what may have been accepted is not sent again, and `ProviderError` says so.
        """
        body: dict[str, object] = {"src": sender, "dst": to.e164.removeprefix("+"), "text": text, "log": False}
        if status_url:
            body |= {"url": status_url, "method": "POST"}
        if registration:
            body |= {
                "dlt_entity_id": registration.entity_id,
                "dlt_template_id": registration.template_id,
                "dlt_template_category": registration.category,
            }
        answer = await self._ask("POST", "Message/", body, repeatable=False)
        match answer:
            case {"message_uuid": [str(first), *_]}:
                return first
        raise ProviderError("Plivo's answer names no message")

    async def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, object] | None = None,
        *,
        may_be_gone: bool = False,
        repeatable: bool = True,
    ) -> dict[str, Any] | None:
        """The answer's object, empty for none; None for a 404 if that `may_be_gone`."""
        failures, asked_s, trouble = 0, 0.0, ProviderError("Plivo's API does not answer in time")
        try:
            async with asyncio.timeout(self._deadline_s):
                while True:
                    try:
                        response = await self._http.request(method, path, json=body)
                        if may_be_gone and response.status_code == _GONE:
                            return None
                        return _read(response)
                    except httpx.HTTPError as error:
                        sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                        trouble = ProviderError(f"Plivo's API is not reached: {type(error).__name__}")
                    except _Busy as error:
                        sent, trouble, asked_s = error.was_taken, error, error.pause_s
                    if sent and not repeatable:
                        raise trouble from None
                    failures += 1
                    await asyncio.sleep(max(BACK_OFF.after(failures), asked_s))
        except TimeoutError:
            raise trouble from None


class _Busy(ProviderError):
    """A 429 or a 5xx."""

    def __init__(self, status: int, pause_s: float) -> None:
        super().__init__(f"Plivo's API answered {status}")
        self.was_taken = status != httpx.codes.TOO_MANY_REQUESTS
        self.pause_s = pause_s


def _call(call_id: str) -> str:
    return f"Call/{quote(call_id, safe='')}/"


def _read(response: httpx.Response) -> dict[str, Any]:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        asked = response.headers.get("retry-after", "")
        raise _Busy(status, min(float(asked), BACK_OFF.longest) if asked.isdecimal() else 0.0)
    if not response.is_success:
        raise ProviderRefused(f"Plivo's API answered {status}")
    if not response.content:
        return {}
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        raise ProviderError("Plivo's answer is not JSON") from None
    if not isinstance(answer, dict):
        raise ProviderError("Plivo's answer is no object")
    return answer

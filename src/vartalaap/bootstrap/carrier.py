"""What we can ask of the carrier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from ..config import TelephonySettings
from ..services.telephony.plivo_rest import PlivoRest


@asynccontextmanager
async def open_carrier(settings: TelephonySettings) -> AsyncIterator[PlivoRest | None]:
    """Plivo's API with a connection made ready; None without `PLIVO_AUTH_ID` and `PLIVO_AUTH_TOKEN`."""
    token = settings.plivo_auth_token
    if not settings.plivo_auth_id or token is None:
        yield None
        return
    rest = PlivoRest(settings.plivo_base_url, settings.plivo_auth_id, token.get_secret_value())
    async with aclosing(rest):
        await rest.warm()
        yield rest

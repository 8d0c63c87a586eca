"""What the telephone's web endpoints need of the running application."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.ports import Line
from vartalaap.security.replays import SeenNonces
from vartalaap.security.tokens import PendingCalls


class PhoneSettings(Protocol):
    @property
    def reachable_url(self) -> str:
        """Where Plivo reaches us, without a slash at the end."""
        ...

    @property
    def plivo_auth_token(self) -> SecretStr | None: ...

    @property
    def environment(self) -> Literal["development", "production"]: ...


class Session(Protocol):
    async def run(self) -> object:
        """Serve the call to its end."""
        ...


class LiveCalls(Protocol):
    async def hang_up(self, call_id: str, reason: str) -> None:
        """Tell the live call that the carrier has ended it; harmless if there is none."""
        ...


class PhoneParts(Protocol):
    @property
    def settings(self) -> PhoneSettings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def pending_calls(self) -> PendingCalls: ...

    @property
    def seen_nonces(self) -> SeenNonces: ...

    @property
    def calls(self) -> LiveCalls: ...

    async def open_session(
        self,
        line: Line,
        *,
        call_id: str,
        caller: PhoneNumber | None,
        called: PhoneNumber | None = None,
    ) -> Session: ...


def phone_parts(connection: HTTPConnection) -> PhoneParts:
    """The application's parts, of a request or a socket."""
    parts: PhoneParts = connection.app.state.parts
    return parts

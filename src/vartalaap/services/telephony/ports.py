"""What the telephone's web endpoints need of the running application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.language import Language
from vartalaap.core.live_calls import AfterStream
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.ports import Line
from vartalaap.security.replays import SeenWebhooks
from vartalaap.security.tokens import PendingCalls

from .inflow import Tally
from .line import OpenLines


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence in the carrier's own voice: ours may be what has failed."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to connect the caller to."""

    number: PhoneNumber
    shown: PhoneNumber | None
    """The calling number that the person sees; the carrier's choice if None."""
    ring_seconds: int


class PhoneSettings(Protocol):
    @property
    def reachable_url(self) -> str:
        """Where Plivo reaches us, without a slash at the end."""
        ...

    @property
    def own_url(self) -> str:
        """Where this very process is reached, if there are several; what follows in a call must come here."""
        ...

    def next_url(self, asked: int) -> str | None:
        """Where another process is reached that may have a place, after `asked` others had none; None without one."""
        ...

    @property
    def plivo_auth_token(self) -> SecretStr | None: ...

    @property
    def twilio_auth_token(self) -> SecretStr | None: ...

    @property
    def environment(self) -> Literal["development", "production"]: ...


class Session(Protocol):
    async def run(self) -> object:
        """Serve the call to its end."""
        ...


class LiveCalls(Protocol):
    def has_place_for(self, call_id: str) -> bool:
        """May this call begin? If so, its place is kept until its audio comes."""
        ...

    def give_up(self, call_id: str) -> None:
        """This call will not begin: its place is free again. Harmless if it has begun."""
        ...

    async def hang_up(self, call_id: str, reason: str) -> None:
        """Tell the live call that the carrier has ended it; harmless if there is none."""
        ...

    def rings(self, call_id: str, seconds: float) -> None:
        """A person is rung for this caller, for so long at most; then the carrier asks what comes next."""
        ...

    async def stream_over(self, call_id: str) -> None:
        """Tell the live call that its stream will not come back."""
        ...

    def after_stream(self, call_id: str) -> AfterStream | None:
        """What comes after the stream; None for a call that is not known here."""
        ...

    def is_away(self, call_id: str) -> bool:
        """Was the call handed to a person's telephone, from which it may come back?"""
        ...


class CarrierControl(Protocol):
    """What we can ask of the carrier about a call that is going on."""

    async def hang_up(self, call_id: str) -> None:
        """End the call; no error if it has ended. Raises `ProviderError`."""
        ...


class PhoneParts(Protocol):
    @property
    def settings(self) -> PhoneSettings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def pending_calls(self) -> PendingCalls: ...

    @property
    def seen_webhooks(self) -> SeenWebhooks: ...

    @property
    def open_lines(self) -> OpenLines: ...

    @property
    def inflow(self) -> Tally: ...

    @property
    def carrier(self) -> CarrierControl | None:
        """None without the carrier's key."""
        ...

    @property
    def calls(self) -> LiveCalls: ...

    @property
    def business(self) -> Business:
        """The default one."""
        ...

    async def business_called(self, called: PhoneNumber | None) -> Business:
        """As it is configured at this moment. Raises `ProviderError`."""
        ...

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

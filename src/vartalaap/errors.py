"""Every error of ours, in one tree. An error knows its HTTP and exit status, and whether trying again helps.

    VartalaapError                500
    ├── ConfigurationError        500   the start is refused, naming the variable or the field
    │   └── CannotListen          500   the port is in use, or the address not to be had
    ├── NotFound                  404
    ├── Unauthorized              401
    ├── Forbidden                 403   bad signature, used or expired token
    ├── BadRequest                422
    ├── RuleBroken                409   a booking rule refuses; carries the rule's name and what is free instead
    ├── Conflict                  409   somebody else changed the row first, or it exists already
    │   └── FileTaken             409   the name of a file to be written is taken: nothing of ours writes over it
    ├── TooManyRequests           429   not before `retry_after_s`
    ├── ProtocolError             400   a carrier's or a browser's frame that cannot be understood
    │   └── MalformedFrame        400   one that the others need not suffer for
    └── ProviderError             503   speech, voice, model or database is late, limited or gone; may be retried
        └── ProviderRefused       503   a bad key, an unknown model: not before somebody has changed that

Messages never contain a phone number, a name or spoken text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal


class VartalaapError(Exception):
    """Base of all our errors; `message` is safe to log and to return."""

    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    exit_status: ClassVar[int] = 1
    """Of a command: 2 where it could not even begin as things are set up, or as it was called."""

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, object] = dict(details or {})


class ConfigurationError(VartalaapError):
    """A setting or a business file is missing or wrong; the message, one line, names it and says what to do."""

    exit_status = 2


class CannotListen(ConfigurationError):
    """The address to listen on is in use, or not to be had."""


class NotFound(VartalaapError):
    status = 404


class Unauthorized(VartalaapError):
    status = 401


class Forbidden(VartalaapError):
    status = 403


class BadRequest(VartalaapError):
    status = 422


class RuleBroken(VartalaapError):
    """A booking rule said no; `details` holds `rule` and `alternatives`."""

    status = 409


class Conflict(VartalaapError):
    status = 409


class FileTaken(Conflict):
    """A file is to be written, and there is one of its name."""

    exit_status = 2


class TooManyRequests(VartalaapError):
    """More requests, or more wrong guesses, than anybody may make; `details` holds `retry_after_s`."""

    status = 429
    retryable = True

    @classmethod
    def after(cls, seconds: float, message: str) -> TooManyRequests:
        """To be tried again after so many seconds."""
        return cls(message, details={"retry_after_s": math.ceil(seconds)})


class ProtocolError(VartalaapError):
    """A frame that is malformed, too large or out of order.

    `close_code` is the WebSocket close code that says so: 1003 unsupported, 1007 malformed, 1008 out of order
    or refused, 1009 too large.
    """

    status = 400

    def __init__(self, message: str, *, close_code: int = 1008, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message, details=details)
        self.close_code = close_code


FrameFault = Literal["binary", "json", "field", "audio", "digit"]


class MalformedFrame(ProtocolError):
    """A frame that cannot be read; what stands around it may be as good as ever. `fault` says what is wrong with it."""

    def __init__(self, message: str, fault: FrameFault, *, close_code: int = 1007) -> None:
        super().__init__(message, close_code=close_code)
        self.fault = fault


class ProviderError(VartalaapError):
    """A speech, voice, model or storage provider failed."""

    status = 503
    retryable = True
    exit_status = 2


class ProviderRefused(ProviderError):
    """A provider will not serve us: a bad key, an unknown model, a malformed request."""

    retryable = False

"""Settings from the environment (and a `.env` file). A wrong value stops the start with one sentence that names it.

Each group of them is a class in a file of its own, and `Settings` is all of them: a name here is the variable's own, in
small letters. Whoever needs one group asks for that class. Groups are no fields: then an `ADMIN` or `PHONE` of another
program would be read as a whole group, and stop the start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..dotenv import misspelt
from ..errors import ConfigurationError
from .access import AccessSettings
from .models import ModelSettings
from .privacy import PrivacySettings
from .server import ServerSettings
from .speech import SpeechSettings
from .telephony import TelephonySettings
from .values import KEY_BYTES
from .whatsapp import WhatsAppSettings

__all__ = [
    "KEY_BYTES",
    "AccessSettings",
    "ModelSettings",
    "PrivacySettings",
    "ServerSettings",
    "Settings",
    "SpeechSettings",
    "TelephonySettings",
    "WhatsAppSettings",
    "load_settings",
    "misspelt_settings",
]

ENV_FILE = Path(".env")
"""Of the folder in which a command is started."""


class Settings(
    WhatsAppSettings, TelephonySettings, SpeechSettings, PrivacySettings, AccessSettings, ServerSettings, BaseSettings
):
    """Every setting has a default that works with no key and no server; production asks for more."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore", env_ignore_empty=True
    )

    @model_validator(mode="after")
    def _production_is_complete(self) -> Self:
        if self.environment == "development":
            return self
        missing = [
            name.upper()
            for name in ("public_url", "plivo_auth_token", "phone_encryption_key", "phone_hash_pepper")
            if not getattr(self, name)
        ]
        if missing:
            raise ValueError(f"{', '.join(missing)} must be set in production")
        if self.clock_start is not None:
            raise ValueError("CLOCK_START is for development only")
        return self

    @property
    def most_calls(self) -> int:
        """`MAX_CALLS`, or fifty; two for each core where this machine itself recognises speech."""
        if self.max_calls is not None:
            return self.max_calls
        if self.chosen_recognisers[0] == "whisper":
            return max(2 * (os.cpu_count() or 1) // self.processes, 1)
        return 50

    @property
    def api_is_open(self) -> bool:
        """May a program on this machine use the API without a key? Never where others can reach us."""
        guarded = self.api_keys or self.admin_password_hash or self.public_url
        return self.environment == "development" and not guarded


def load_settings(**overrides: object) -> Settings:
    """Read the environment; `ConfigurationError` names the variables that are wrong, without their values."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        raise ConfigurationError("; ".join(_sentence(error) for error in wrong.errors())) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{ENV_FILE.absolute()}: is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{ENV_FILE.absolute()}: cannot be read ({error.strerror})") from None


def misspelt_settings() -> list[str]:
    """A line for each name in `.env` that is no setting and looks like one."""
    return list(misspelt(ENV_FILE, {*Settings.model_fields}))


def _sentence(error: object) -> str:
    assert isinstance(error, dict)
    name = "_".join(str(part) for part in error["loc"]).upper()
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if name else message

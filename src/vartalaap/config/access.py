"""Who may use the API and the console, and how much."""

from __future__ import annotations

from typing import Self

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from .values import KEY_BYTES, Secrets, hex_bytes

_SHORTEST_SALT, _SHORTEST_DIGEST = 8, 16
"""Bytes of a password's hash; a shorter one was cut."""


class AccessSettings(BaseModel):
    """Keys, the login, and limits."""

    api_keys: Secrets = ()
    api_requests_per_minute: int = Field(1200, ge=0, description="of one key, and of one address; 0: no limit")
    max_body_bytes: int = Field(1_048_576, ge=1024, description="the largest request")
    admin_username: str = ""
    admin_password_hash: SecretStr | None = Field(None, description="made by `vartalaap keys password`")

    @field_validator("api_keys")
    @classmethod
    def _hashes_are_whole(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        keys = [key.get_secret_value() for key in value]
        hashes = [key.removeprefix("sha256:") for key in keys if key.startswith("sha256:")]
        if any(len(hex_bytes(digest)) != KEY_BYTES for digest in hashes):
            raise ValueError("what begins with sha256: needs 64 hexadecimal characters")
        return value

    @field_validator("admin_password_hash")
    @classmethod
    def _is_hash(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_argon2(value.get_secret_value()):
            raise ValueError("is no hash of a password; put the whole line of `vartalaap keys password` there")
        return value

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if bool(self.admin_username) != bool(self.admin_password_hash):
            there, missing = ("ADMIN_USERNAME", "ADMIN_PASSWORD_HASH")[:: 1 if self.admin_username else -1]
            raise ValueError(f"{missing} must be set, as {there} is; `vartalaap keys password` prints a hash")
        return self


def _is_argon2(text: str) -> bool:
    try:
        found = extract_parameters(text)
    except InvalidHashError:
        return False
    return found.salt_len >= _SHORTEST_SALT and found.hash_len >= _SHORTEST_DIGEST

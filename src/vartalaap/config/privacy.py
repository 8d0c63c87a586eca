"""How personal data are sealed, and how long they are kept."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from .values import KEY_BYTES, Key, hex_bytes


def _is_long(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().encode()) < KEY_BYTES:
        raise ValueError("must be at least 32 bytes long")
    return value


_Pepper = Annotated[SecretStr, AfterValidator(_is_long)]


class PrivacySettings(BaseModel):
    """Keys of what is stored, and days."""

    phone_encryption_key: Key | None = Field(None, description="64 hexadecimal characters")
    phone_encryption_key_id: str = Field("1", pattern=r"^[A-Za-z0-9_-]{1,16}$", description="changes with the key")
    phone_encryption_keys_old: Annotated[dict[str, SecretStr], NoDecode] = Field({}, description="id:hex, with commas")
    phone_hash_pepper: _Pepper | None = Field(None, description="at least 32 bytes")
    phone_hash_pepper_old: _Pepper | None = Field(None, description="what was hashed with it is still found")

    retention_transcript_days: int = Field(90, ge=1, description="what was said in a call")
    retention_phone_days: int = Field(90, ge=1, description="telephone numbers, from the visit; their hash stays")
    retention_reservation_days: int = Field(365, ge=1, description="bookings, from the visit; totals stay")
    retention_legal_copy_days: int = Field(0, ge=0, description="sealed copies of what was erased; 0: erased at once")
    backup_key: Key | None = Field(None, description="64 hexadecimal characters; else made from the numbers' key")

    @field_validator("phone_encryption_keys_old", mode="before")
    @classmethod
    def _keys_by_id(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition(":") for part in value.split(",") if part.strip()]
        keys = {name: key for name, _, key in pairs}
        if len(keys) < len(pairs) or any(len(hex_bytes(key)) != KEY_BYTES for key in keys.values()):
            raise ValueError("must be id:key with different ids, each key of 64 hexadecimal characters")
        return keys

    @model_validator(mode="after")
    def _current_key_is_another(self) -> Self:
        if self.phone_encryption_key_id in self.phone_encryption_keys_old:
            raise ValueError("PHONE_ENCRYPTION_KEY_ID: is the id of one of PHONE_ENCRYPTION_KEYS_OLD too")
        return self

"""Messages on WhatsApp, and who sends them."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from .server import ServerSettings
from .values import WebUrl


class WhatsAppSettings(ServerSettings):
    """Meta's keys and Redis; a dry run depends on the environment."""

    whatsapp_token: SecretStr | None = Field(None, description="of a system user; with it messages are sent")
    whatsapp_phone_number_id: str = Field("", pattern=r"^[0-9]*$", description="Meta's id, not the number")
    whatsapp_app_secret: SecretStr | None = Field(None, description="signs what WhatsApp reports")
    whatsapp_verify_token: SecretStr | None = Field(None, description="our own word, told to Meta with the webhook")
    whatsapp_base_url: WebUrl = "https://graph.facebook.com"
    whatsapp_api_version: str = Field("v26.0", pattern=r"^v[0-9]+\.[0-9]+$")
    whatsapp_template_prefix: str = Field("", pattern=r"^[a-z0-9_]*$", description="before each template's name")
    redis_url: SecretStr | None = Field(None, description="then `vartalaap worker` sends the messages")
    whatsapp_dry_run: bool = Field(False, description="development only: messages are promised, kept and not sent")

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _messages_can_be_sent(self) -> Self:
        needed = ("whatsapp_token", "whatsapp_phone_number_id", "whatsapp_app_secret", "whatsapp_verify_token")
        missing = [name.upper() for name in needed if not getattr(self, name)]
        if missing and len(missing) < len(needed):
            raise ValueError(f"{', '.join(missing)} must be set to send on WhatsApp")
        if self.whatsapp_dry_run and (self.environment == "production" or not missing):
            raise ValueError("WHATSAPP_DRY_RUN is for development, without WhatsApp's keys")
        return self

    @property
    def messages_go_out(self) -> bool:
        """Is there anything that carries messages?"""
        return self.whatsapp_token is not None or self.whatsapp_dry_run

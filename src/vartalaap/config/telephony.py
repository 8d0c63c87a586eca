"""The carriers."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr

from .values import WebUrl


class TelephonySettings(BaseModel):
    """Plivo, and Twilio as a second one."""

    plivo_auth_id: str = ""
    plivo_auth_token: SecretStr | None = None
    plivo_base_url: WebUrl = "https://api.plivo.com"
    twilio_auth_token: SecretStr | None = Field(None, description="serves calls of Twilio too, at /twilio/answer")

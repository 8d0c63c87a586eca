"""Where the server runs, and what it serves."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator

from ..shipped import DEMO_BUSINESS
from .values import WebUrl

_DEFAULT_PORTS = {"http": 80, "https": 443}


class ServerSettings(BaseModel):
    """The process, its place and its data."""

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    forwarded_allow_ips: str = Field("127.0.0.1,::1", description="whose word on a visitor's address is taken")
    public_url: WebUrl = Field("", description="where callers' carriers reach us, for example https://bot.example.in")
    data_dir: Path = Path("data")
    database_url: str = Field("", description="SQLite under data_dir if empty")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    business_config: Path = DEMO_BUSINESS
    default_business_id: str = Field("", description="the business of BUSINESS_CONFIG if empty")

    process: int | None = Field(None, ge=1, description="which of several this is: set by `serve --processes`")
    processes: int = Field(1, ge=1, description="how many there are on this machine: set like `process`")
    max_call_seconds: float = Field(900, gt=0)
    drain_seconds: float = Field(600, ge=0, description="in which calls may end by themselves after SIGTERM")
    max_calls: int | None = Field(None, gt=0, description="at once, in this process; what it can bear if unset")
    browser_phone_enabled: bool | None = Field(None, description="the page at /; on in development only, if unset")
    clock_start: datetime | None = Field(None, description="development only: the clock starts here and runs on")

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        try:
            for part in () if value.strip() == "*" else value.split(","):
                ip_network(part.strip())
        except ValueError:
            raise ValueError("must be addresses or networks with commas, or * for everybody") from None
        return value.strip()

    @field_validator("public_url")
    @classmethod
    def _as_carriers_sign_it(cls, value: str) -> str:
        """However it was written: small letters before the path, no port of the scheme's own."""
        if not value:
            return ""
        parts = urlsplit(value)
        if "@" in parts.netloc:
            raise ValueError("must name a host, and no user")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""
        return parts._replace(netloc=f"{host}{port}").geturl().rstrip("/")

    @field_validator("business_config")
    @classmethod
    def _is_found_from_anywhere(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("clock_start")
    @classmethod
    def _is_aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs a time zone, for example 2026-11-25T14:00:00+05:30")
        return value

    @property
    def browser_phone(self) -> bool:
        """Is the page at `/` served?"""
        if self.browser_phone_enabled is None:
            return self.environment == "development"
        return self.browser_phone_enabled

    @property
    def reachable_url(self) -> str:
        """`PUBLIC_URL`, or this machine in development."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def process_path(self) -> str:
        """What leads to this process alone, of several; empty for one."""
        return f"/p{self.process}" if self.process else ""

    @property
    def own_url(self) -> str:
        """Where this very process is reached."""
        return self.reachable_url + self.process_path

    def next_url(self, asked: int) -> str | None:
        """Where the next of several processes is reached, if `asked` others have no place; None if those are all."""
        if self.process is None or asked + 1 >= self.processes:
            return None
        return f"{self.reachable_url}/p{self.process % self.processes + 1}"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'vartalaap.db'}"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

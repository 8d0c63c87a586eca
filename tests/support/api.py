"""The web application on a test database, without speech: what the API's tests talk to."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI

from vartalaap.bootstrap import Office
from vartalaap.config import load_settings
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.main import create_app
from vartalaap.security.auth import AdminLogin, ApiKeys, hash_password

API_KEY = "a-key-of-the-tests"
ADMIN, PASSWORD = "owner", "correct horse"
PASSWORD_HASH = hash_password(PASSWORD)


@dataclass
class ApiParts:
    """As much of `bootstrap.Parts` as the API needs."""

    office: Office
    business: Business
    api_keys: ApiKeys
    admin: AdminLogin
    open_to_this_machine: bool = False
    admin_password_file: None = None

    @property
    def clock(self) -> Clock:
        return self.office.clock

    async def business_for(self, business_id: str | None) -> Business:
        return await self.office.businesses.get(business_id or self.business.id)


def api_app(office: Office, business: Business) -> FastAPI:
    """The application as it runs, with these parts in place of those its lifespan builds."""
    app = create_app(load_settings(environment="development", browser_phone_enabled=False, api_requests_per_minute=0))
    app.state.parts = ApiParts(office, business, ApiKeys([API_KEY]), AdminLogin(ADMIN, PASSWORD_HASH))
    return app

"""The browser's phone in production: for the owner alone, and from our own pages alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.api import ADMIN, API_KEY, PASSWORD_HASH, ApiParts
from tests.support.book import test_business
from tests.support.serving import Served, served
from vartalaap.bootstrap import Office
from vartalaap.config import Settings, load_settings
from vartalaap.core.booking.book import Actor
from vartalaap.db.repositories.admin_sessions import AdminSessions
from vartalaap.main import create_app
from vartalaap.security import sessions
from vartalaap.security.auth import AdminLogin, ApiKeys
from vartalaap.services.telephony.inflow import Tally

OWN = "https://bot.example.in"
SETTINGS = load_settings(
    environment="production",
    public_url=OWN,
    plivo_auth_token="t" * 40,
    phone_encryption_key="c0" * 32,
    phone_hash_pepper="p" * 32,
    browser_phone_enabled=True,
)


class Full:
    """Every line is taken."""

    def has_place_for(self, call_id: str) -> bool:
        return False


@dataclass
class PhoneParts(ApiParts):
    settings: Settings = field(default_factory=lambda: SETTINGS)
    calls: Full = field(default_factory=Full)
    inflow: Tally = field(default_factory=Tally)


@pytest.fixture
def parts(office: Office) -> PhoneParts:
    return PhoneParts(office, test_business(), ApiKeys([API_KEY]), AdminLogin(ADMIN, PASSWORD_HASH))


@pytest.fixture
def production(parts: PhoneParts) -> FastAPI:
    app = create_app(SETTINGS)
    app.state.parts = parts
    return app


@pytest.fixture
async def server(production: FastAPI) -> AsyncIterator[Served]:
    async with served(production, lifespan="off") as running:
        yield running


async def cookie(parts: PhoneParts) -> dict[str, str]:
    """Of somebody who has logged in."""
    session_id = sessions.new_id()
    await AdminSessions(parts.office.database, parts.clock).begin(session_id, parts.admin.credential, Actor("admin"))
    return {"Cookie": f"__Host-vartalaap-admin={session_id}"}


async def dialled(server: Served, origin: str, headers: dict[str, str]) -> str:
    """What a page that opens the socket is told first, or the status of the refusal."""
    url = f"ws://127.0.0.1:{server.port}/ws/phone"
    try:
        async with connect(url, proxy=None, additional_headers={"Origin": origin, **headers}) as socket:
            return str(await socket.recv())
    except InvalidStatus as refusal:
        return str(refusal.response.status_code)


async def test_a_stranger_finds_a_login_where_the_owner_finds_the_phone(server: Served, parts: PhoneParts) -> None:
    async with httpx.AsyncClient(base_url=server.url) as browser:
        page = await browser.get("/")
        assert (page.status_code, page.headers["Location"]) == (303, "/admin/login?next=/")
        assert (await browser.get("/", headers=await cookie(parts))).status_code == 200


async def test_a_call_needs_the_console_s_session(server: Served, parts: PhoneParts) -> None:
    assert await dialled(server, OWN, {}) == "401"
    assert await dialled(server, OWN, {"Cookie": "__Host-vartalaap-admin=guess"}) == "401"
    assert await dialled(server, OWN, {"Cookie": (await cookie(parts))["Cookie"].replace("__Host-", "")}) == "401"
    assert "busy" in await dialled(server, OWN, await cookie(parts))


async def test_a_session_is_of_no_use_to_another_site_s_page(server: Served, parts: PhoneParts) -> None:
    here = f"127.0.0.1:{server.port}"
    logged_in = await cookie(parts)
    assert await dialled(server, "https://evil.example", logged_in) == "403"
    assert await dialled(server, f"http://evil.example:{server.port}", logged_in) == "403"
    assert "busy" in await dialled(server, f"http://{here}", logged_in)

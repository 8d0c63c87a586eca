"""The console on a real database, with a clock that is put forward by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from tests.support.api import ADMIN, API_KEY, PASSWORD_HASH, ApiParts
from tests.support.book import TEST_NOW, test_business
from tests.support.browsing import Browser
from tests.support.console import fill
from tests.unit.security.test_limits import Hand
from vartalaap.bootstrap import Office, open_office
from vartalaap.config import load_settings
from vartalaap.core.clock import Clock
from vartalaap.db.models import AuditRow
from vartalaap.main import create_app
from vartalaap.security.auth import AdminLogin, ApiKeys


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def office(sqlite: str, tmp_path: Path, hand: Hand) -> AsyncIterator[Office]:
    settings = load_settings(data_dir=tmp_path, database_url=sqlite)
    async with open_office(settings, Clock(TEST_NOW, monotonic=hand)) as office:
        await office.businesses.put(test_business())
        yield office


@pytest.fixture
async def filled(office: Office) -> Office:
    """With the bookings and calls of an ordinary week."""
    await fill(office)
    return office


def console_app(office: Office, hand: Hand, **settings: object) -> FastAPI:
    app = create_app(load_settings(browser_phone_enabled=False, api_requests_per_minute=0, **settings))
    login = AdminLogin(ADMIN, PASSWORD_HASH, seconds=hand)
    app.state.parts = ApiParts(office, test_business(), ApiKeys([API_KEY]), login)
    return app


@pytest.fixture
def app(office: Office, hand: Hand) -> FastAPI:
    return console_app(office, hand)


def browser(app: FastAPI, address: str = "10.0.0.5", base: str = "http://localhost") -> Browser:
    transport = httpx.ASGITransport(app, client=(address, 50000), raise_app_exceptions=False)
    return Browser(httpx.AsyncClient(transport=transport, base_url=base))


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Browser]:
    """Logged in."""
    opened = browser(app)
    assert (await opened.log_in()).status_code == 303
    yield opened
    await opened.http.aclose()


async def history(office: Office, *actions: str) -> list[AuditRow]:
    """The audit log's rows of these actions, in their order."""
    async with office.database.read() as session:
        rows = await session.scalars(select(AuditRow).order_by(AuditRow.id))  # type: ignore[arg-type]
        return [row for row in rows if row.action in actions]

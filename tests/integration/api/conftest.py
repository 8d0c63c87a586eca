"""The API on a real database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.support.api import API_KEY, api_app
from tests.support.book import test_business
from vartalaap.bootstrap import Office
from vartalaap.core.clock import Clock
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.calls import CallLogStore
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.reservations import Reservations
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault


@pytest.fixture
def office(database: Database, vault: PhoneVault, clock: Clock, businesses: Businesses) -> Office:
    return Office(
        clock,
        database,
        businesses,
        Reservations(database, vault, clock),
        FollowUpList(database, vault, clock),
        CallLogStore(database, vault),
        vault,
    )


@pytest.fixture
def app(office: Office) -> FastAPI:
    return api_app(office, test_business())


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that holds a key."""
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client

"""Who may use the API."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from tests.support.api import ADMIN, API_KEY, PASSWORD, ApiParts
from vartalaap.api.routes.resources import RESOURCES
from vartalaap.bootstrap import Office
from vartalaap.db.models import AuditRow

PATHS = [f"/{resource.path}" for resource in RESOURCES] + ["/reservations/availability", "/reservations/slots"]


def client(app: FastAPI, host: str = "localhost", address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {API_KEY}x"},
        {"Authorization": API_KEY},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic b3duZXI6d3Jvbmc="},
    ],
    ids=["none", "wrong", "longer", "no scheme", "not base64", "wrong password"],
)
async def test_every_resource_needs_a_login(app: FastAPI, headers: dict[str, str]) -> None:
    async with client(app) as stranger:
        for path in PATHS:
            answer = await stranger.get(path, headers=headers)
            assert answer.status_code == 401, path
            assert "error" in answer.json()
        for method, path in (("PATCH", "/reservations/x"), ("DELETE", "/businesses/x"), ("POST", "/faqs")):
            assert (await stranger.request(method, path, headers=headers, json={})).status_code == 401


async def test_the_administrator_s_password_opens_the_api_and_is_named_in_the_history(
    app: FastAPI, office: Office
) -> None:
    async with client(app) as owner:
        made = await owner.post("/faqs", json={"question": "Parking?", "answer": "Behind."}, auth=(ADMIN, PASSWORD))
    assert made.status_code == 201
    async with office.database.read() as session:
        history = select(AuditRow).where(col(AuditRow.entity) == "faqs")
        (row,) = await session.scalars(history)
    assert (row.action, row.actor, row.ip) == ("create", f"admin:{ADMIN}", "127.0.0.1")


async def test_in_development_this_machine_needs_no_key_and_others_do(app: FastAPI) -> None:
    parts: ApiParts = app.state.parts
    parts.open_to_this_machine = True
    async with client(app) as here:
        assert (await here.get("/reservations")).status_code == 200
        assert (await here.get("/reservations", headers={"Authorization": "Bearer wrong"})).status_code == 401
    async with client(app, address="192.168.1.20") as elsewhere:
        assert (await elsewhere.get("/reservations")).status_code == 401
    async with client(app, host="evil.example") as rebound:
        assert (await rebound.get("/reservations")).status_code == 401

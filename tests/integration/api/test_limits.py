"""What every answer carries, and how much anybody may ask: on the application as it runs."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.support.api import API_KEY
from vartalaap.config import load_settings
from vartalaap.main import create_app

KEY = {"Authorization": f"Bearer {API_KEY}"}
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control", "X-Frame-Options")


def client(app: FastAPI, address: str = "10.1.1.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 50000), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


def with_settings(app: FastAPI, **settings: Any) -> FastAPI:
    """The application of the tests with other settings."""
    other = create_app(load_settings(browser_phone_enabled=False, **settings))
    other.state.parts = app.state.parts
    return other


async def test_every_answer_of_every_route_binds_the_browser(app: FastAPI) -> None:
    document = app.openapi()["paths"]
    routes = [(method.upper(), path) for path, operations in document.items() for method in operations]
    assert len(routes) > 30
    async with client(app) as stranger:
        for method, path in [
            *routes,
            ("GET", "/nowhere"),
            ("PUT", "/health"),
            ("GET", "/docs"),
            ("GET", "/openapi.json"),
        ]:
            answer = await stranger.request(method, path.replace("{id}", "x"))
            for name in HEADERS:
                assert name in answer.headers, (method, path, answer.status_code, name)
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert "Strict-Transport-Security" not in answer.headers


async def test_even_a_bug_s_answer_has_the_headers_and_says_nothing(app: FastAPI) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise ValueError("canary-9876543210")

    async with client(app) as stranger:
        answer = await stranger.get("/broken")
    assert answer.status_code == 500
    assert all(name in answer.headers for name in HEADERS)
    assert "canary" not in answer.text
    assert "9876543210" not in answer.text


async def test_over_https_browsers_are_told_to_stay_there(app: FastAPI) -> None:
    async with client(with_settings(app, public_url="https://bot.example.in")) as stranger:
        assert (await stranger.get("/health")).headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_a_key_and_an_address_that_ask_too_often_are_told_when_to_come_back(app: FastAPI) -> None:
    app = with_settings(app, api_requests_per_minute=3)
    async with client(app) as asking:
        for _ in range(3):
            assert (await asking.get("/faqs", headers=KEY)).status_code == 200
        refused = await asking.get("/faqs", headers=KEY)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 20
        assert refused.json()["error"]["type"] == "TooManyRequests"
        assert refused.json()["error"]["retryable"]
        assert "Content-Security-Policy" in refused.headers
        assert (await asking.get("/health")).status_code == 200  # a monitor is not refused
    async with client(app, "10.1.1.2") as elsewhere:
        assert (await elsewhere.get("/faqs", headers=KEY)).status_code == 429  # the key has been used up
        assert (await elsewhere.get("/nowhere")).status_code == 404


@pytest.mark.parametrize("carrier", ["plivo", "twilio", "whatsapp"])
async def test_webhooks_are_not_counted_for_carriers_share_their_addresses(app: FastAPI, carrier: str) -> None:
    async with client(with_settings(app, api_requests_per_minute=3)) as asking:
        answers = {(await asking.get(f"/{carrier}/nowhere")).status_code for _ in range(20)}
    assert answers == {404}


def _chunks(size: int) -> AsyncIterator[bytes]:
    async def some() -> AsyncIterator[bytes]:
        for _ in range(0, size, 1000):
            yield b" " * 1000

    return some()


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "streamed"])
async def test_a_body_above_the_limit_is_refused(app: FastAPI, declared: bool) -> None:
    app = with_settings(app, max_body_bytes=10_000, api_keys=API_KEY)
    async with client(app) as asking:
        content = b" " * 11_000 if declared else _chunks(11_000)
        answer = await asking.post("/faqs", content=content, headers={**KEY, "Content-Type": "application/json"})
        assert answer.status_code == 413
        assert answer.json()["error"]["retryable"] is False
        small = json.dumps({"question": "Parking?", "answer": "Behind the house."})
        fits = await asking.post("/faqs", content=small, headers={**KEY, "Content-Type": "application/json"})
        assert fits.status_code == 201


DISH = {"category": "Momos", "name": "Paneer", "price": 180}
WRONG = {
    "elements of a list": {**DISH, "tags": list(range(9000))},
    "unknown fields": {**DISH, **{f"unknown-{number}": 1 for number in range(9000)}},
    "one name of a megabyte": {**DISH, "n" * 1_000_000: 1},
}


@pytest.mark.parametrize("what", WRONG)
async def test_of_many_mistakes_the_first_are_listed_and_all_are_counted(app: FastAPI, what: str) -> None:
    async with client(app) as asking:
        answer = await asking.post("/menu-items", json=WRONG[what], headers=KEY)
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert 1 <= len(error["fields"]) <= 20
    assert error["fields_in_all"] == (1 if "megabyte" in what else 9000)
    assert len(answer.content) < 8000


@pytest.mark.parametrize(
    "wrong",
    [{**DISH, "tags": [7] * 400_000}, {f"k{number}": 1 for number in range(60_000)}, [[7, 7]] * 100_000],
    ids=["elements", "unknown fields", "lists"],
)
async def test_a_megabyte_of_mistakes_is_not_even_looked_at(app: FastAPI, wrong: object) -> None:
    content = json.dumps(wrong, separators=(",", ":"))
    async with client(app) as asking:
        await asking.get("/health")  # the application is built with its first request
        gc.collect()
        gc.freeze()  # as the server does
        began = time.process_time()
        answer = await asking.post("/menu-items", content=content, headers={**KEY, "Content-Type": "application/json"})
        took = time.process_time() - began
        gc.unfreeze()
    assert took < 0.1
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == "The request has more than 10000 values."


@pytest.mark.parametrize("path", ["/menu-items/", "/reservations/", "/docs/", "/admin/", "/static", "/plivo/answer/"])
async def test_no_redirect_leads_to_the_host_that_a_request_names(app: FastAPI, path: str) -> None:
    async with client(app) as stranger:
        answer = await stranger.get(path, headers={"Host": "evil.example"})
    assert "evil" not in answer.headers.get("Location", "")
    assert answer.status_code in (303, 404)


@pytest.mark.parametrize("path", ["/plivo/hangup", "/twilio/status", "/whatsapp/webhook"])
async def test_a_webhook_s_body_has_a_limit_of_its_own(app: FastAPI, path: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with client(with_settings(app, twilio_auth_token="t")) as carrier:
        answer = await carrier.post(path, content=b"a=" + b"b" * 256 * 1024, headers=form)
    assert answer.status_code == 413


async def test_no_answer_and_no_document_names_a_secret(app: FastAPI) -> None:
    secrets = {
        "api_keys": "canary-key-1,sha256:" + "ab" * 32,
        "plivo_auth_token": "canary-token",
        "phone_encryption_key": "c0" * 32,
        "phone_hash_pepper": "canary-pepper-" + "p" * 32,
        "groq_api_key": "canary-groq",
        "admin_username": "owner",
        "admin_password_hash": "$argon2id$v=19$m=65536,t=3,p=4$Y2FuYXJ5LXNhbHQ$canary-hash-canary-hash-canary",
    }
    app = with_settings(app, **secrets)
    async with client(app) as stranger:
        for path in ("/health", "/docs", "/openapi.json", "/nowhere", "/reservations", "/metrics", "/plivo/answer"):
            answer = await stranger.get(path, headers={"Authorization": "Bearer canary-wrong"})
            text = answer.text + repr(answer.headers)
            assert "canary" not in text, path
            assert "c0c0" not in text
            assert "abab" not in text

"""Canaries: what is secret or private is sent to every door, fails there, and is found in no log or answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from loguru import logger

from tests.integration.admin.conftest import browser, console_app
from tests.support.api import ADMIN
from tests.unit.security.test_limits import Hand
from vartalaap.bootstrap import Office
from vartalaap.logging_config import configure_logging

PASSWORD, KEY, COOKIE, NUMBER, NAME = (
    "canary-password-1", "canary-key-2", "canary-cookie-3", "9812345670", "Canary Devi",
)  # fmt: skip


@pytest.fixture
def broken(office: Office, hand: Hand) -> FastAPI:
    """The application, with a route of the API and one of the console that fail with a secret in their hands."""
    password_hash = "$argon2id$v=19$m=65536,t=3,p=4$Y2FuYXJ5LXNhbHQ$canaryhash4canaryhash4canaryhash4canaryhash"
    app = console_app(
        office, hand, admin_username=ADMIN, admin_password_hash=password_hash, plivo_auth_token="canary-token-5"
    )

    @app.post("/broken")
    async def fails(given: dict[str, str]) -> None:
        raise ValueError(f"cannot work with {given}")

    return app


async def test_no_canary_is_found_anywhere(
    broken: FastAPI, office: Office, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging("DEBUG")
    visitor = browser(broken)
    answers = [await visitor.log_in(PASSWORD, username=PASSWORD)]
    visitor.http.cookies.set("vartalaap-admin", COOKIE)
    answers.append(await visitor.open("/admin/today"))
    answers.append(await visitor.http.get("/reservations", headers={"Authorization": f"Bearer {KEY}"}))
    answers.append(await visitor.http.get("/reservations", auth=(PASSWORD, PASSWORD)))
    answers.append(await visitor.http.post("/broken", json={"name": NAME, "number": NUMBER, "key": KEY}))
    visitor.http.cookies.clear()
    assert (await visitor.log_in()).status_code == 303
    await visitor.open("/admin/privacy")
    answers.append(await visitor.send("/admin/privacy/export", number=NUMBER + "x" * 40))
    broken.state.parts.office = None  # from here on everything fails
    answers.append(await visitor.send("/admin/bookings", customer_name=NAME, customer_phone=NUMBER))
    logger.complete()
    said = "".join(capfd.readouterr())
    assert "request failed" in said, "the failures were logged"
    texts = [said, *(answer.text + repr(answer.headers) for answer in answers)]
    texts += [file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*.db*")]  # noqa: ASYNC240 - nothing else runs
    for canary in (PASSWORD, KEY, COOKIE, NUMBER, NAME, "canaryhash4", "canary-token-5"):
        assert not [text for text in texts if canary in text], canary

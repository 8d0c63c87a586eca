"""In and out of the console: sessions, lock-out, the tokens of forms, and what the audit log says of it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from tests.integration.admin.conftest import browser, console_app, history
from tests.support.api import ADMIN, PASSWORD
from tests.support.book import test_business
from tests.support.browsing import Browser
from tests.unit.security.test_limits import Hand
from vartalaap.bootstrap import Office
from vartalaap.db.models import AdminSessionRow
from vartalaap.security.auth import AdminLogin, hash_password

PAGES = (
    "/admin/today",
    "/admin/calls",
    "/admin/calls/c-1",
    "/admin/follow-ups",
    "/admin/audit",
    "/admin/bookings/new",
    "/admin/privacy",
)
CHANGES = (
    "/admin/bookings",
    "/admin/bookings/x",
    "/admin/follow-ups/x",
    "/admin/logout",
    "/admin/privacy/export",
    "/admin/privacy/erase",
)


async def test_every_page_asks_for_the_login_and_comes_back_after_it(app: FastAPI) -> None:
    stranger = browser(app)
    for path in PAGES:
        answer = await stranger.open(path)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/admin/login"), path
    for path in CHANGES:
        assert (await stranger.http.post(path, data={"token": "x"})).headers["Location"] == "/admin/login", path
    wanted = await stranger.open("/admin/calls?outcome=dropped")
    await stranger.open(wanted.headers["Location"])
    entered = await stranger.send(
        "/admin/login", username=ADMIN, password=PASSWORD, next="/admin/calls?outcome=dropped"
    )
    assert entered.headers["Location"] == "/admin/calls?outcome=dropped"
    assert (await stranger.open("/admin/calls")).status_code == 200


@pytest.mark.parametrize(
    "place",
    ["https://evil.example/admin/", "//evil.example", "/admin/\\evil.example", "/admin//evil.example", "/health"],
)
async def test_the_login_leads_nowhere_else(app: FastAPI, place: str) -> None:
    visitor = browser(app)
    await visitor.open("/admin/login")
    entered = await visitor.send("/admin/login", username=ADMIN, password=PASSWORD, next=place)
    assert entered.headers["Location"] == "/admin/today"


async def test_the_login_leads_to_the_trial_phone_as_well(app: FastAPI) -> None:
    visitor = browser(app)
    await visitor.open("/admin/login?next=/")
    entered = await visitor.send("/admin/login", username=ADMIN, password=PASSWORD, next="/")
    assert entered.headers["Location"] == "/"


async def test_the_session_s_cookie_is_for_the_server_alone_and_only_its_digest_is_stored(
    app: FastAPI, office: Office
) -> None:
    visitor = browser(app)
    cookie = (await visitor.log_in()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # a browser would not keep it over plain HTTP
    value = visitor.http.cookies["vartalaap-admin"]
    async with office.database.read() as session:
        (row,) = await session.scalars(select(AdminSessionRow))
    assert value not in row.model_dump_json()
    assert len(value) >= 43


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(office: Office, hand: Hand) -> None:
    app = console_app(office, hand, public_url="https://bot.example.in")
    visitor = browser(app, base="https://bot.example.in")
    entered = await visitor.log_in()
    cookie = next(value for value in entered.headers.get_list("Set-Cookie") if value.startswith("__Host-"))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert (await visitor.open("/admin/today")).status_code == 200


async def test_half_an_hour_without_use_ends_the_session_and_use_keeps_it(visitor: Browser, hand: Hand) -> None:
    for _ in range(4):
        hand.at += 29 * 60
        assert (await visitor.open("/admin/follow-ups")).status_code == 200
    hand.at += 30 * 60
    assert (await visitor.open("/admin/follow-ups")).status_code == 303


async def test_after_half_a_day_every_session_is_over(visitor: Browser, hand: Hand) -> None:
    for _ in range(30):
        hand.at += 25 * 60
        answer = await visitor.open("/admin/follow-ups")
    assert answer.status_code == 303


async def test_logging_out_ends_the_session_on_the_server(visitor: Browser, app: FastAPI) -> None:
    stolen = browser(app)
    stolen.http.cookies.set("vartalaap-admin", visitor.http.cookies["vartalaap-admin"])
    assert (await stolen.open("/admin/today")).status_code == 200
    await visitor.open("/admin/today")
    assert (await visitor.send("/admin/logout")).status_code == 303
    assert (await stolen.open("/admin/today")).status_code == 303


async def test_each_login_has_an_id_of_its_own_and_ends_the_one_before(visitor: Browser, app: FastAPI) -> None:
    old = visitor.http.cookies["vartalaap-admin"]
    await visitor.log_in()
    assert visitor.http.cookies["vartalaap-admin"] != old
    other = browser(app)
    other.http.cookies.set("vartalaap-admin", old)
    assert (await other.open("/admin/today")).status_code == 303


async def test_a_chosen_id_is_never_accepted(app: FastAPI) -> None:
    fixed = browser(app)
    fixed.http.cookies.set("vartalaap-admin", "a" * 43)
    assert (await fixed.open("/admin/today")).status_code == 303
    entered = await fixed.log_in()
    assert "vartalaap-admin=" in entered.headers["Set-Cookie"]
    assert "a" * 43 not in entered.headers["Set-Cookie"]
    only_that = browser(app)
    only_that.http.cookies.set("vartalaap-admin", "a" * 43)
    assert (await only_that.open("/admin/today")).status_code == 303


async def test_sessions_outlive_the_process_and_end_with_the_password(
    visitor: Browser, office: Office, hand: Hand
) -> None:
    restarted = console_app(office, hand)
    again = browser(restarted)
    again.http.cookies.update(visitor.http.cookies)
    assert (await again.open("/admin/today")).status_code == 200
    restarted.state.parts.admin = AdminLogin(ADMIN, hash_password("another password"))
    assert (await again.open("/admin/today")).status_code == 303


async def test_guessing_is_locked_out_noted_and_open_again_with_time(app: FastAPI, office: Office, hand: Hand) -> None:
    guesser = browser(app)
    answers = [await guesser.log_in("wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 401, 429]
    assert answers[5].headers["Retry-After"] == "30"
    assert "30 seconds" in answers[5].text
    assert (await guesser.log_in()).status_code == 429  # the right password waits too
    hand.at += 31
    assert (await guesser.log_in()).status_code == 303
    rows = await history(office, "login", "login_failed", "login_locked")
    assert [row.action for row in rows] == ["login_failed"] * 4 + ["login_locked", "login"]
    assert {row.ip for row in rows} == {"10.0.0.5"}
    assert rows[-1].actor == f"admin:{ADMIN}"


async def test_no_answer_says_whether_a_name_exists_and_no_row_keeps_it(app: FastAPI, office: Office) -> None:
    known = await browser(app, "10.0.0.6").log_in("wrong")
    unknown = await browser(app, "10.0.0.7").log_in("wrong", username="canary-my-password")
    assert known.status_code == unknown.status_code == 401
    rows = await history(office, "login_failed")
    assert "canary" not in repr([row.model_dump() for row in rows])


async def test_the_api_s_login_is_locked_by_the_same_guesses(app: FastAPI, office: Office) -> None:
    guesser = browser(app)
    for _ in range(5):
        assert (await guesser.http.get("/faqs", auth=(ADMIN, "wrong"))).status_code == 401
    locked = await guesser.http.get("/faqs", auth=(ADMIN, PASSWORD))
    assert locked.status_code == 401
    assert locked.headers["Retry-After"] == "30"
    noted = await history(office, "login_failed", "login_locked")
    assert [row.action for row in noted] == ["login_failed"] * 4 + ["login_locked"]
    assert (await guesser.log_in()).status_code == 429


@pytest.mark.parametrize("token", ["", "x", "0" * 64], ids=["none", "short", "wrong"])
async def test_a_change_without_the_session_s_token_is_refused(visitor: Browser, token: str) -> None:
    for path in CHANGES:
        assert (await visitor.http.post(path, data={"token": token})).status_code == 403, path
    assert (await visitor.open("/admin/today")).status_code == 200


async def test_the_token_of_one_session_is_worth_nothing_in_another(visitor: Browser, app: FastAPI) -> None:
    other = browser(app, "10.0.0.9")
    await other.log_in()
    await other.open("/admin/today")
    assert (await visitor.http.post("/admin/logout", data={"token": other.token})).status_code == 403


async def test_a_login_that_another_site_sends_is_refused(app: FastAPI) -> None:
    victim = browser(app)
    answer = await victim.http.post("/admin/login", data={"username": ADMIN, "password": PASSWORD, "token": "x"})
    assert answer.status_code == 403
    assert "vartalaap-admin" not in victim.http.cookies


async def test_without_a_configured_login_the_page_says_how_to_make_one(app: FastAPI) -> None:
    app.state.parts.admin = AdminLogin("", "")
    shown = await browser(app).open("/admin/login")
    for step in ("vartalaap keys password", "ADMIN_PASSWORD_HASH=", "ADMIN_USERNAME=", ".env", "Restart", "PUBLIC_URL"):
        assert step in shown.text, step
    assert test_business().name in shown.text


async def test_the_form_says_where_name_and_password_come_from_and_tells_neither(app: FastAPI) -> None:
    shown = await browser(app).open("/admin/login")
    assert "ADMIN_USERNAME" in shown.text
    assert "vartalaap keys password" in shown.text
    assert ADMIN not in shown.text.replace("owner’s", "")
    assert PASSWORD not in shown.text

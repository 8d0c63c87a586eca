"""A recorded webhook, sent again: answered while the carrier itself may be repeating it, and worth nothing."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from tests.integration.telephony.phone_app import AUTH_TOKEN, FakeParts, make_app
from tests.integration.telephony.test_plivo_webhooks import CALL, PUBLIC, stream_token
from vartalaap.errors import Forbidden
from vartalaap.security.signatures import NONCE, SIGNATURE, sign


@pytest.fixture
def parts() -> FakeParts:
    made = FakeParts()
    made.settings.plivo_auth_token = SecretStr(AUTH_TOKEN)
    made.settings.environment = "production"
    return made


async def send(parts: FakeParts, nonce: str, path: str = "/plivo/answer") -> httpx.Response:
    signature = sign("POST", PUBLIC + path, nonce, AUTH_TOKEN, CALL)
    transport = httpx.ASGITransport(make_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal:8000") as carrier:
        return await carrier.post(path, data=CALL, headers={SIGNATURE: signature, NONCE: nonce})


async def test_a_repeat_is_answered_with_the_same_token_which_is_good_once(parts: FakeParts) -> None:
    token = stream_token(await send(parts, "1"))
    assert stream_token(await send(parts, "1")) == token
    parts.pending_calls.redeem(token, "plivo", parts.clock.now())
    assert stream_token(await send(parts, "1")) == token
    with pytest.raises(Forbidden):
        parts.pending_calls.redeem(token, "plivo", parts.clock.now())


async def test_a_minute_later_the_same_request_is_refused_and_a_fresh_one_is_not(parts: FakeParts) -> None:
    await send(parts, "1")
    parts.clock.ahead += 60
    assert (await send(parts, "1")).status_code == 403
    assert (await send(parts, "2")).status_code == 200


async def test_a_hangup_that_comes_twice_is_answered_twice(parts: FakeParts) -> None:
    assert [(await send(parts, "3", "/plivo/hangup")).status_code for _ in range(2)] == [200, 200]


async def test_other_calls_may_have_the_same_nonce(parts: FakeParts) -> None:
    await send(parts, "1")
    parts.clock.ahead += 60
    other = {**CALL, "CallUUID": "5ab1d5cc-0000-4000-8000-000000000002"}
    headers = {SIGNATURE: sign("POST", f"{PUBLIC}/plivo/answer", "1", AUTH_TOKEN, other), NONCE: "1"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_app(parts)), base_url="http://internal") as carrier:
        assert (await carrier.post("/plivo/answer", data=other, headers=headers)).status_code == 200


async def test_a_signature_that_is_listed_in_another_way_is_the_same(parts: FakeParts) -> None:
    await send(parts, "1")
    parts.clock.ahead += 60
    signature = sign("POST", f"{PUBLIC}/plivo/answer", "1", AUTH_TOKEN, CALL)
    headers = {SIGNATURE: f"AAAA, {signature} ", NONCE: "1"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_app(parts)), base_url="http://internal") as carrier:
        assert (await carrier.post("/plivo/answer", data=CALL, headers=headers)).status_code == 403


@pytest.mark.parametrize("seconds", [0, 30])
async def test_a_repeat_whose_fields_are_cut_elsewhere_gets_no_token(parts: FakeParts, seconds: float) -> None:
    """Names and values are signed in one run: what is signed is the same, the call another."""
    await send(parts, "1")
    parts.clock.ahead += seconds
    recut = {name: value for name, value in CALL.items() if name != "Direction"}
    recut["CallUUID"] += f"Direction{CALL['Direction']}"
    assert sign("POST", f"{PUBLIC}/plivo/answer", "1", AUTH_TOKEN, recut) == sign(
        "POST", f"{PUBLIC}/plivo/answer", "1", AUTH_TOKEN, CALL
    )
    headers = {SIGNATURE: sign("POST", f"{PUBLIC}/plivo/answer", "1", AUTH_TOKEN, recut), NONCE: "1"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_app(parts)), base_url="http://internal") as carrier:
        assert (await carrier.post("/plivo/answer", data=recut, headers=headers)).status_code == 403
    assert len(parts.pending_calls) == 1
    assert (await send(parts, "1")).status_code == 200, "the carrier's own repeat is answered"


async def test_a_wrong_signature_is_not_remembered(parts: FakeParts) -> None:
    transport = httpx.ASGITransport(make_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal:8000") as stranger:
        refused = await stranger.post("/plivo/answer", data=CALL, headers={SIGNATURE: "AAAA", NONCE: "1"})
    assert refused.status_code == 403
    assert len(parts.seen_webhooks) == 0

"""Plivo's V3 signature: the published vectors, and agreement with Plivo's own SDK."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plivo.utils import validate_v3_signature

from vartalaap.security.signatures import (
    MAIN_ACCOUNT_SIGNATURE,
    NONCE,
    SIGNATURE,
    Fields,
    is_signed,
    sign,
    string_to_sign,
)

TOKEN = "test-auth-token-000000000000000000000000"
NONCE_VALUE = "12345678901234567890"
ANSWER = "https://bot.example.in/plivo/answer"
CALL: Fields = {
    "CallUUID": "5ab1d5cc-0000-4000-8000-000000000001",
    "From": "919876543210",
    "To": "918012345678",
    "Direction": "inbound",
    "Event": "StartApp",
    "CallStatus": "ringing",
}
VECTORS: list[tuple[str, str, Fields, str]] = [
    ("POST", ANSWER, CALL, "EOgJ/0/8Ac2VJ4JhSf0tvKy9YF0+UCVMiujNPtQKI2c="),
    ("POST", f"{ANSWER}?tenant=salon-7&b=2&a=1", CALL, "It8lZqYSmLEg3ci5Zi/EVKsuVSvZ2g6FRmGzDnw1vIk="),
    ("POST", "https://bot.example.in/plivo/hangup", {}, "+l1N2ROgiqgDXGH7iPDjDyw8Mqg6gczQF7ZtYUJNtag="),
    ("POST", f"{ANSWER}?t=1", {}, "4F7ECqRkfYkocImiUtpLMja7VoigXKEHXoKx4BKnGxo="),
    (
        "GET",
        f"{ANSWER}?tenant=salon-7",
        {"To": "918012345678", "CallUUID": "u1"},
        "x0kNo0UCk1UFjxUmxwghrGiE+aq7flAPgcJA6mfjIm8=",
    ),
    ("GET", "https://bot.example.in/media/stream", {}, "om8qEAdSW9kdB6V0rKdotMQcpC7wZp8nCx4uWf7SOdo="),
    ("GET", "http://bot.example.in/media/stream", {}, "c7b5Dt+YkhR1ucCvO8Aeda8riZ4snNGB7Qiq3qreC/U="),
    ("GET", "http://bot.example.in/media/stream?tenant=salon-7", {}, "oQDoNjUEuJ0PZ1beoE/N/eCIMChRLe4EY60WONJ//OA="),
    ("GET", "http://127.0.0.1:8000/media/stream?t=1", {}, "/ZihTNL7ac6uD/69w5cEdkIjZn6KVLxrL2hFmgb3xPA="),
    (
        "POST",
        ANSWER,
        {"Tag": ["b", "a"], "From": "+91 98765 43210", "Name": "रवि"},
        "JLLvNKnV+ssX3Tf+5BEud6ai7ma6RIGPQJT39bofFF4=",
    ),
    ("GET", "https://bot.example.in/a?x=%20y&x=b&z=", {}, "OQfY3F2lnrrrYJNL8V036n2LOCR7vxnRwQOFSC39LsY="),
]


@pytest.mark.parametrize(("method", "url", "fields", "signature"), VECTORS)
def test_the_published_vectors_are_reproduced(method: str, url: str, fields: Fields, signature: str) -> None:
    assert sign(method, url, NONCE_VALUE, TOKEN, fields) == signature
    assert is_signed(method, url, {SIGNATURE: signature, NONCE: NONCE_VALUE}, TOKEN, fields)


def test_the_string_to_sign_of_a_post_holds_query_dot_fields_dot_nonce() -> None:
    text = string_to_sign("POST", f"{ANSWER}?b=2&a=1", "n", {"Z": "z", "A": ["2", "1"]})
    assert text == f"{ANSWER}?a=1&b=2.A1A2Zz.n"


def headers(signature: str, name: str = SIGNATURE, nonce: str = NONCE_VALUE) -> dict[str, str]:
    return {name: signature, NONCE: nonce}


@pytest.mark.parametrize("listed", ["AAAA,{}", "AAAA, {}", " {} ,AAAA", "{},,"])
def test_any_signature_of_a_list_is_enough(listed: str) -> None:
    good = sign("POST", ANSWER, NONCE_VALUE, TOKEN, CALL)
    assert is_signed("POST", ANSWER, headers(listed.format(good)), TOKEN, CALL)


def test_the_main_accounts_signature_is_accepted_too() -> None:
    good = sign("POST", ANSWER, NONCE_VALUE, TOKEN, CALL)
    assert is_signed("POST", ANSWER, headers(good, MAIN_ACCOUNT_SIGNATURE), TOKEN, CALL)


def test_whatever_differs_from_what_was_signed_is_refused() -> None:
    good = sign("POST", ANSWER, NONCE_VALUE, TOKEN, CALL)
    assert not is_signed("POST", ANSWER, headers(good), "another token", CALL)
    assert not is_signed("POST", ANSWER, headers(good), TOKEN, {**CALL, "From": "919876543211"})
    assert not is_signed("POST", ANSWER, headers(good), TOKEN, {**CALL, "Extra": ""})
    assert not is_signed("POST", f"{ANSWER}?x=1", headers(good), TOKEN, CALL)
    assert not is_signed("GET", ANSWER, headers(good), TOKEN, CALL)
    assert not is_signed("POST", ANSWER, headers(good, nonce="another"), TOKEN, CALL)
    assert not is_signed("POST", ANSWER, headers(good[:-1]), TOKEN, CALL)


def test_a_request_without_signature_or_nonce_is_refused() -> None:
    assert not is_signed("POST", ANSWER, {}, TOKEN, CALL)
    assert not is_signed("POST", ANSWER, {NONCE: NONCE_VALUE}, TOKEN, CALL)
    without_nonce = sign("POST", ANSWER, "", TOKEN, CALL)
    assert not is_signed("POST", ANSWER, {SIGNATURE: without_nonce}, TOKEN, CALL)


NAMES = st.text("abcXYZ09_-", min_size=1, max_size=8)
ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
QUERIES = st.lists(st.tuples(NAMES, st.text("abcXYZ09_-.~", max_size=8)), max_size=4)
ANY_VALUE = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=200)
@given(
    method=st.sampled_from(["GET", "POST"]),
    query=QUERIES,
    fields=st.dictionaries(NAMES, st.one_of(ANY_VALUE, st.lists(ANY_VALUE, min_size=1, max_size=3)), max_size=6),
    nonce=st.text("0123456789", min_size=1, max_size=20),
    token=st.text("abcdef0123456789", min_size=8, max_size=40),
)
def test_plivos_own_sdk_agrees(
    method: str, query: list[tuple[str, str]], fields: Fields, nonce: str, token: str
) -> None:
    url = "https://bot.example.in/plivo/answer" + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "")
    signature = sign(method, url, nonce, token, fields)
    assert validate_v3_signature(method, url, nonce, token, signature, dict(fields))


@given(signature=ASCII, nonce=ASCII)
def test_made_up_signatures_are_refused_and_never_crash(signature: str, nonce: str) -> None:
    assert not is_signed("POST", ANSWER, headers(signature, nonce=nonce), TOKEN, CALL)

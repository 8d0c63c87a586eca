"""Numbers at rest: found by hash, opened only in their own row."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.phone import PhoneNumber, hide_numbers
from vartalaap.errors import ConfigurationError, VartalaapError
from vartalaap.security.crypto import SPOILED, PhoneVault

VAULT = PhoneVault(b"p" * 32, {"k1": b"k" * 32}, "k1")
NUMBERS = st.from_regex(r"[6-9][0-9]{9}", fullmatch=True)


@given(NUMBERS)
def test_every_way_of_writing_a_number_has_one_hash(digits: str) -> None:
    devanagari = digits.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    forms = [digits, f"+91{digits}", f"91{digits}", f"0{digits}", f"+91 {digits[:5]}-{digits[5:]}", devanagari]
    hashes = {VAULT.hash(number) for form in forms if (number := PhoneNumber.parse(form))}
    assert len(hashes) == 1


@pytest.mark.parametrize("text", ["", "anonymous", "12", "+", "9" * 60, "restricted", None])
def test_what_is_no_number_is_none(text: str | None) -> None:
    assert PhoneNumber.parse(text) is None


@given(NUMBERS)
def test_a_number_shows_itself_only_when_asked(digits: str) -> None:
    number = PhoneNumber(f"+91{digits}")
    shown = f"{number} {number!r} {[number]} {{'x': {number}}}"
    assert digits not in shown
    assert number.masked == f"{digits[:2]}XXXX{digits[-4:]}"


@given(NUMBERS)
def test_a_sealed_number_opens_in_its_row_only(digits: str) -> None:
    number = PhoneNumber(f"+91{digits}")
    sealed = VAULT.seal(number, "table.column:1")
    assert digits not in sealed
    assert VAULT.open(sealed, "table.column:1") == number
    with pytest.raises(VartalaapError):
        VAULT.open(sealed, "table.column:2")


def test_a_number_that_cannot_be_opened_is_shown_as_such_beside_the_others() -> None:
    sealed = VAULT.seal(PhoneNumber("+919876543210"), "x")
    assert [VAULT.masked(one, "x") for one in (sealed, None, f"k2:{sealed[3:]}")] == ["98XXXX3210", "", SPOILED]


def test_two_seals_of_one_number_differ() -> None:
    number = PhoneNumber("+919876543210")
    assert VAULT.seal(number, "x") != VAULT.seal(number, "x")


@given(position=st.integers(0, 10), bit=st.integers(0, 7))
def test_a_changed_seal_does_not_open(position: int, bit: int) -> None:
    name, _, data = VAULT.seal(PhoneNumber("+919876543210"), "x").partition(":")
    raw = bytearray(b64decode(data))
    raw[position] ^= 1 << bit
    with pytest.raises(VartalaapError):
        VAULT.open(f"{name}:{b64encode(raw).decode()}", "x")


def test_an_old_key_opens_what_it_sealed_and_an_unknown_one_is_named() -> None:
    sealed = VAULT.seal(PhoneNumber("+919876543210"), "x")
    both = PhoneVault(b"p" * 32, {"k1": b"k" * 32, "k2": b"n" * 32}, "k2")
    assert both.open(sealed, "x").national == "9876543210"
    assert both.seal(PhoneNumber("+919876543210"), "x").startswith("k2:")
    with pytest.raises(VartalaapError, match="not configured"):
        PhoneVault(b"p" * 32, {"k2": b"n" * 32}, "k2").open(sealed, "x")


@pytest.mark.parametrize(("pepper", "key"), [(b"short", b"k" * 32), (b"p" * 32, b"short")])
def test_weak_secrets_are_refused(pepper: bytes, key: bytes) -> None:
    with pytest.raises(ConfigurationError):
        PhoneVault(pepper, {"k1": key}, "k1")


@pytest.mark.parametrize("broken", ["k1:", "k1:AAAA", "k1:not base64!", "k1:" + "A" * 43, "", "k1"])
def test_what_was_never_a_seal_is_refused_like_a_changed_one(broken: str) -> None:
    with pytest.raises(VartalaapError):
        VAULT.open(broken, "x")


@pytest.mark.parametrize("said", ["9876543210", "+91 98765-43210", "98765, 43210", "9 8 7 6 5 4 3 2 1 0", "९८७६५४३२१०"])
def test_a_number_within_a_text_is_hidden(said: str) -> None:
    assert hide_numbers(f"mera number {said} hai") == "mera number [number] hai"


@pytest.mark.parametrize("said", ["4 log, 20:30 baje", "2026-11-27", "momos 180, thukpa 200", "220, 250, 320"])
def test_prices_dates_and_times_are_not_numbers_to_hide(said: str) -> None:
    assert hide_numbers(said) == said

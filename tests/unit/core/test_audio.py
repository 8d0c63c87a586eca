"""Mu-law and its sizes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.audio import FRAME_BYTES, FRAME_MS, SILENCE, bytes_of, decode, encode, ms_of


@given(st.binary(max_size=500))
def test_mu_law_survives_decoding_and_encoding(mulaw: bytes) -> None:
    negative_zero_is_zero = mulaw.replace(b"\x7f", SILENCE)
    assert encode(decode(mulaw)) == negative_zero_is_zero


def test_silence_decodes_to_zeros() -> None:
    assert decode(SILENCE * FRAME_BYTES) == bytes(2 * FRAME_BYTES)


@given(st.integers(0, 10**6))
def test_milliseconds_and_bytes_agree(ms: int) -> None:
    assert ms_of(bytes_of(ms)) == ms


def test_a_frame_lasts_twenty_milliseconds() -> None:
    assert ms_of(FRAME_BYTES) == FRAME_MS == 20

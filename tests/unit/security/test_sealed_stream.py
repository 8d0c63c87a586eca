"""A sealed stream comes back as it was, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vartalaap.errors import BadRequest
from vartalaap.security.sealed_stream import CHUNK_BYTES, MAGIC, open_stream, seal_stream

KEY, OTHER = b"k" * 32, b"o" * 32
SIZES = st.sampled_from([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 7])


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(seal_stream([content[:10], content[10:]], key, {"database": "sqlite"}))


def opened(stream: bytes, *keys: bytes) -> bytes:
    return b"".join(open_stream(io.BytesIO(stream), keys or (KEY,)).chunks)


@given(SIZES)
@settings(max_examples=20)
def test_what_was_sealed_opens_with_its_key_among_others(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    stream = sealed(content[:size])
    assert opened(stream, OTHER, KEY) == content[:size]
    assert open_stream(io.BytesIO(stream), [KEY]).about == {"database": "sqlite"}


@pytest.mark.parametrize("header", [b"[" * 60_000, b"9" * 5000, b'{"version":"\\ud800"}', b"\xff"])
def test_a_beginning_that_nobody_can_read_is_said_to_be_damaged(header: bytes) -> None:
    with pytest.raises(BadRequest, match="damaged"):
        opened(MAGIC + len(header).to_bytes(2, "big") + header)


@given(SIZES, st.data())
@settings(max_examples=60)
def test_a_cut_anywhere_is_noticed(size: int, data: st.DataObject) -> None:
    stream = sealed(b"x" * size)
    at = data.draw(st.integers(0, len(stream) - 1))
    with pytest.raises(BadRequest):
        opened(stream[:at])


@given(st.data())
@settings(max_examples=60)
def test_a_changed_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    stream = bytearray(sealed(b"x" * (CHUNK_BYTES + 100)))
    at = data.draw(st.one_of(st.integers(0, 300), st.integers(0, len(stream) - 1)))
    stream[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BadRequest):
        opened(bytes(stream))


def test_chunks_in_another_order_or_number_are_noticed() -> None:
    stream = sealed(b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c")
    whole = CHUNK_BYTES + 16
    start = len(stream) - 2 * whole - 17
    first, second, last = stream[start : start + whole], stream[start + whole : -17], stream[-17:]
    for wrong in (second + first + last, first + last, first + second, first + first + second + last, last):
        with pytest.raises(BadRequest, match="cut short or changed"):
            opened(stream[:start] + wrong)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (b"", "no backup"),
        (b"SQLite format 3\0" * 9, "no backup"),
        (MAGIC + b"\0\2[]", "cannot be read"),
        (MAGIC + b"\0\2", "cannot be read"),
    ],
)
def test_what_is_no_sealed_stream_is_told(stream: bytes, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        opened(stream)


def test_a_wrong_key_is_told_at_once() -> None:
    with pytest.raises(BadRequest, match="another key"):
        opened(sealed(b"x"), OTHER)


def test_two_streams_of_one_content_are_sealed_with_keys_of_their_own() -> None:
    assert sealed(b"x" * 64)[-80:] != sealed(b"x" * 64)[-80:]

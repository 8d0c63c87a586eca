"""The log holds ids and counts, and nothing of a person (R09)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from vartalaap.logging_config import configure_logging, mask


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    sink = io.StringIO()
    configure_logging("DEBUG", sink)
    yield sink
    configure_logging("WARNING")


def test_ids_counts_and_times_stay_readable(log: io.StringIO) -> None:
    logger.info("call ended", call="5ab1d5cc-0000-4000-8000-000000000001", turns=6, at="2026-11-25T14:00:00")
    assert "5ab1d5cc-0000-4000-8000-000000000001" in log.getvalue()
    assert "turns=6" in log.getvalue()
    assert "2026-11-25T14:00:00" in log.getvalue()


@given(
    number=st.from_regex(r"[6-9][0-9]{9}", fullmatch=True),
    form=st.sampled_from(["{}", "+91{}", "0{}", "tel: {}, again", "91 {}"]),
)
def test_any_mobile_number_is_masked(number: str, form: str) -> None:
    assert number not in mask(form.format(number))
    spaced = f"{number[:5]} {number[5:]}"
    assert spaced not in mask(form.format(spaced))


def test_a_number_in_a_field_or_in_a_library_s_line_is_masked(log: io.StringIO) -> None:
    logger.info("odd", who="+919876543210")
    logging.getLogger("somebody").warning("cannot dial %s token=abc", "098765 43210")
    assert "98765" not in log.getvalue()
    assert "token=abc" not in log.getvalue()


def test_an_exception_shows_its_kind_and_place_but_never_its_text(log: io.StringIO) -> None:
    try:
        int("Rohini Test said something")
    except ValueError:
        logger.exception("a turn failed", call="c-1")
    assert "ValueError" in log.getvalue()
    assert "test_logging.py" in log.getvalue()
    assert "Rohini" not in log.getvalue()


def test_access_lines_with_tokens_in_their_urls_are_not_logged(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info("GET /ws/audio?token=secret")
    assert log.getvalue() == ""


def test_libraries_are_silent_below_a_warning_whatever_the_level(log: io.StringIO) -> None:
    configure_logging("DEBUG", log)
    logger.debug("ours")
    chatty = logging.getLogger("aiosqlite")
    chatty.setLevel(logging.DEBUG)
    chatty.debug("INSERT INTO reservations VALUES ('Rohini')")
    chatty.info("Rohini")
    chatty.warning("locked")
    assert ("ours" in log.getvalue(), "locked" in log.getvalue(), "Rohini" in log.getvalue()) == (True, True, False)

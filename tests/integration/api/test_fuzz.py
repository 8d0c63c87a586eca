"""The API keeps the promises of its own OpenAPI document (the long run is a campaign of `make torture`)."""

from __future__ import annotations

from pathlib import Path

from tests.support.api_fuzz import fuzz


def test_no_request_finds_a_crash_or_an_answer_that_is_not_documented(sqlite: str, tmp_path: Path) -> None:
    assert fuzz(sqlite, tmp_path, examples=3, seed=20261123, phases="fuzzing,stateful").endswith("no failure")

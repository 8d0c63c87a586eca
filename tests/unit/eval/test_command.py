"""`python -m eval`, on a folder of two lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from eval.__main__ import main

LINES = [
    {"id": "a", "kind": "party_size", "text": "chaar log", "accept": [4], "lang": "hi", "script": "latn"},
    {"id": "b", "kind": "party_size", "text": "chaar log", "accept": [5], "lang": "hi", "script": "latn"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "numbers.jsonl").write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    return tmp_path


def test_the_table_counts_and_the_failures_are_listed(folder: Path) -> None:
    run = CliRunner().invoke(main, [str(folder), "--failures"])
    assert run.exit_code == 0, run.output
    assert "50.0 % (1/2)" in run.output
    assert "### datetime" not in run.output
    assert "  b  chaar log" in run.output
    assert "  a  chaar log" not in run.output


def test_a_tool_that_is_missing_is_named_and_takes_nothing_from_the_table(folder: Path) -> None:
    run = CliRunner().invoke(main, [str(folder), "--others", sys.executable])
    assert run.exit_code == 0, run.output
    assert "indic-itn failed: ModuleNotFoundError" in run.output
    assert "50.0 % (1/2)" in run.output

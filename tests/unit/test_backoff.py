"""Pauses between attempts."""

from __future__ import annotations

import ast

from tests.unit.test_house_rules import modules
from vartalaap.backoff import Backoff


def test_it_doubles_up_to_the_longest_and_begins_with_none() -> None:
    assert [Backoff(0.5, 3.0).after(failures) for failures in range(6)] == [0.0, 0.5, 1.0, 2.0, 3.0, 3.0]


def test_no_number_of_failures_is_too_large() -> None:
    assert Backoff(0.2, 5.0).after(10**6) == 5.0


def test_nobody_else_doubles_pauses() -> None:
    """`2 ** failures` stands in one place."""
    powers = {
        name
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
        if isinstance(node.left, ast.Constant) and node.left.value == 2 and not isinstance(node.right, ast.Constant)
    }
    assert powers == {"backoff.py"}

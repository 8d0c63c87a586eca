"""Words are data: the code of the understanding names none in another script, and keeps no lists of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from vartalaap.dialogue import nlu
from vartalaap.dialogue.nlu.text.tags import TAGS
from vartalaap.dialogue.nlu.understanding import BookingSlot, IntentName, Request, Signal, Slot

HOUSE = Path(nlu.__file__).parent
CODE = sorted(HOUSE.rglob("*.py"))
LETTERS = re.compile("[\u0900-\u097f\u0600-\u06ff]")
NAMES = {*TAGS, *get_args(IntentName), *get_args(Signal), *get_args(Request), *get_args(Slot), *get_args(BookingSlot)}
SHORTEST_LIST = 6


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Of the code itself, not its documentation or the expressions of the tokeniser."""
    apart = {id(part) for node in ast.walk(tree) for part in _left_out(node)}
    return (
        n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in apart
    )


def _left_out(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr):
        yield node.value
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "compile":
        yield from ast.walk(node)
    if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
        yield from ast.walk(node)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_letter_of_another_script_is_in_the_code(path: Path) -> None:
    source = path.read_text("utf-8")
    written = (ast.get_source_segment(source, constant) or "" for constant in strings(ast.parse(source)))
    assert not [text for text in written if LETTERS.search(text)]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_list_of_words_is_in_the_code(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    known = {id(constant) for constant in strings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            said = [str(e.value) for e in node.elts if isinstance(e, ast.Constant) and id(e) in known]
            words = [word for word in said if word.isalpha() and word.islower() and word not in NAMES]
            assert len(words) < SHORTEST_LIST, words

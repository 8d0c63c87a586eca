"""The sieve never loses an expression that matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.dialogue.nlu.attacks.sieve import Sieve, needed
from vartalaap.dialogue.nlu.text.lexicon import table

from .conftest import cases


@pytest.mark.parametrize(
    ("expression", "literals"),
    [
        ("forget", {"forget"}),
        ("(?:bhool|chhod)", {"bhool", "chhod"}),
        (r"\bab (?:se )?tum\b", {"ab "}),
        ("(?:hi|namaste)", None),
        ("(?:please )?go", None),
        (r"rules?(?! of)\b", {"rule"}),
        ("(?:menu ){2,3}", {"menu "}),
        ("(?:rule){0,1}", None),
        ("", None),
    ],
)
def test_what_a_match_cannot_do_without(expression: str, literals: set[str] | None) -> None:
    assert needed(expression) == literals


PIECES = st.sampled_from(["abc", "bca", "ca", "(?:abc|cab)", "(?:b|cc)?", "[ab]+", "(?:bc){2}", r"\b", "(?!c)", "."])


@given(st.lists(PIECES, max_size=5).map("".join), st.text("abc ", max_size=14))
def test_what_matches_is_a_candidate(expression: str, text: str) -> None:
    if re.search(expression, text):
        sieve = Sieve([(1, expression)])
        assert 1 in sieve.always or 1 in sieve.candidates(text)


def test_no_expression_of_the_table_is_lost_on_our_lines() -> None:
    expressions = [line.partition(": ")[2] for line in table("attacks")["flag"]] + table("attacks")["phrase"]
    sieve = Sieve((1 << i, expression) for i, expression in enumerate(expressions))
    texts = [text for name in ("attacks", "attacks_free", "attacks_more") for _, text, *_ in cases(name)]
    for text in texts:
        kept = sieve.candidates(text).keys() | sieve.always.keys()
        assert [e for i, e in enumerate(expressions) if 1 << i not in kept and re.search(e, text)] == []

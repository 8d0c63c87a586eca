"""Many regular expressions on one text, of which few can match: only those are tried that share three letters with it.

Each expression is asked which letters any of its matches must contain. Those triples are looked for first, all at
once, which is some twenty times cheaper than to search for every expression.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # the parser has no public name
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_TRIPLE = 3


def triples(text: str) -> frozenset[str]:
    """All runs of three letters of a text."""
    return frozenset(map("".join, zip(text, text[1:], text[2:], strict=False)))


class Sieve:
    """Expressions in groups, each group known by a bit."""

    def __init__(self, grouped: Iterable[tuple[int, str]]) -> None:
        pairs = list(grouped)
        self._tests = [(group, re.compile(expression)) for group, expression in pairs]
        needs = [needed(expression) for _, expression in pairs]
        common = Counter(triple for literals in needs for literal in literals or () for triple in triples(literal))
        self.always: dict[int, list[re.Pattern[str]]] = defaultdict(list)
        """The expressions that must be tried on every text, by their group."""
        by_triple: dict[str, list[int]] = defaultdict(list)
        for i, literals in enumerate(needs):
            if literals is None:
                group, test = self._tests[i]
                self.always[group].append(test)
            for literal in literals or ():
                by_triple[min(triples(literal), key=lambda triple: (common[triple], triple))].append(i)
        self._by_triple = dict(by_triple)
        self._known = frozenset(by_triple)

    def candidates(self, text: str) -> dict[int, list[re.Pattern[str]]]:
        """The other expressions that may match, by their group."""
        found: set[int] = set()
        for triple in triples(text) & self._known:
            found.update(self._by_triple[triple])
        groups: dict[int, list[re.Pattern[str]]] = {}
        for i in found:
            group, test = self._tests[i]
            groups.setdefault(group, []).append(test)
        return groups


def needed(expression: str) -> frozenset[str] | None:
    """Strings of three letters or more of which every match has at least one; None when there are no such strings."""
    return _needed(_parser.parse(expression))


def _needed(sequence: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    """The best of what the parts of a sequence need: the fewest strings, the longest."""
    found: list[frozenset[str]] = []
    run = ""
    for code, argument in sequence:
        if code is op.LITERAL:
            run += chr(argument)
            continue
        if code in (op.AT, op.ASSERT, op.ASSERT_NOT):  # they take no letter, so the run goes on
            continue
        found.append(frozenset({run}))
        run = ""
        if within := _needed_by_part(code, argument):
            found.append(within)
    found.append(frozenset({run}))
    certain = [literals for literals in found if min(map(len, literals)) >= _TRIPLE]
    return min(certain, key=lambda literals: (len(literals), -min(map(len, literals)))) if certain else None


def _needed_by_part(code: Any, argument: Any) -> frozenset[str] | None:
    if code is op.SUBPATTERN:
        return _needed(argument[-1])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT) and argument[0] > 0:
        return _needed(argument[-1])
    if code is op.BRANCH:
        each = [_needed(alternative) for alternative in argument[1]]
        return frozenset().union(*each) if all(each) else None  # type: ignore[arg-type]
    return None

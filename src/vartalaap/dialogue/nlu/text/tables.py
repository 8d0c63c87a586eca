"""The tables beside the code: words, letters and phrases, one file for each matter."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from importlib import resources

from .. import data


@lru_cache(maxsize=16)
def table(name: str) -> dict[str, list[str]]:
    """The sections of one table file, each a list of its lines."""
    sections: dict[str, list[str]] = defaultdict(list)
    current: list[str] = []
    text = (resources.files(data) / f"{name}.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            current = sections[line[1 : line.index("]")]]
        elif line and not line.startswith("#"):
            current.append(line)
    return dict(sections)

"""`.env` as people write it: names in it that are no setting and look like one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from pathlib import Path

_NAME = re.compile(r"\s*(?:export\s+)?(\w+)\s*=")
NEAR = 0.8
"""How alike two names are, 0 to 1, before one is taken for the other: an unlike one is another program's."""


def misspelt(file: Path, known: Collection[str]) -> Iterator[str]:
    """A line for each: `.env:3: DATBASE_URL is no setting; did you mean DATABASE_URL?`; never a value.

    `known` are the names of the settings. A file that cannot be read has none: whoever needs it says so.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    names = {name.upper() for name in known}
    for number, line in enumerate(lines, 1):
        if not (found := _NAME.match(line)) or found[1].upper() in names:
            continue
        if near := difflib.get_close_matches(found[1].upper(), names, n=1, cutoff=NEAR):
            yield f"{file}:{number}: {found[1]} is no setting; did you mean {near[0]}?"

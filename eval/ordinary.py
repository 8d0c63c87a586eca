"""Sentences of callers who want nothing ill, put together at random: none may be taken for an attack."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

TONGUES = ("hi", "deva", "en")
_TABLE = Path(__file__).parent / "sources" / "ordinary.txt"


def sentence(chance: Random, slot: str = "") -> str:
    """One utterance of that slot of the table, or in one of the `TONGUES`."""
    return " ".join(_said("{" + (slot or chance.choice(TONGUES)) + "}", chance).split())


def _said(text: str, chance: Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: _said(chance.choice(_slots()[slot[1]]), chance), text)


@cache
def _slots() -> dict[str, tuple[str, ...]]:
    lines = _TABLE.read_text("utf-8").splitlines()
    slots = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return {name: tuple("" if said == "-" else said for said in rest.split(" | ")) for name, _, rest in slots}

"""A part of the house that is spoken of, by the names that its owner gave it."""

from __future__ import annotations

from functools import lru_cache

from ....core.floor import Area
from ..text.tokens import Speech, listen


def area_in(speech: Speech, areas: tuple[Area, ...]) -> str | None:
    """The id of the one area that is named; None if none is, or several are."""
    if not areas:
        return None
    said = f" {' '.join(speech.words)} "
    found = {area for name, area in _names(areas) if f" {name} " in said}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=64)
def _names(areas: tuple[Area, ...]) -> tuple[tuple[str, str], ...]:
    """Every name, as words are read, with the area it belongs to."""
    written = ((name, area.id) for area in areas for name in (area.hi, area.en, *area.aliases))
    return tuple((" ".join(listen(name).words), area) for name, area in written if name.strip())

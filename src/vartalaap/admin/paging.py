"""Pages of a long list, and days as a filter of instants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

SIZE = 25


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list, and the way to its neighbours under the same filters."""

    page: int
    total: int
    filters: Mapping[str, object]

    @property
    def first(self) -> int:
        return (self.page - 1) * SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * SIZE, self.total)

    @property
    def previous(self) -> str | None:
        """The query of the page before."""
        return self._query(self.page - 1) if self.page > 1 else None

    @property
    def next(self) -> str | None:
        return self._query(self.page + 1) if self.last < self.total else None

    def _query(self, page: int) -> str:
        given = {name: value for name, value in self.filters.items() if value not in (None, "")}
        return urlencode({**given, "page": page})


def day_window(first: date | None, last: date | None, tz: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From the first instant of one local day to the last of another."""
    begin = datetime.combine(first, time(), tz) if first else None
    end = datetime.combine(last, time(), tz) + timedelta(days=1, microseconds=-1) if last else None
    return begin, end

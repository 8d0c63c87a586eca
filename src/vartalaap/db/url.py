"""`DATABASE_URL` as people write it, for the drivers that we use."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ..errors import ConfigurationError

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
PARAMETERS = {"host": "host", "port": "port", "sslmode": "ssl", "ssl": "ssl"}
"""What may stand after the question mark of a PostgreSQL URL, and asyncpg's name for it."""
REMEDY = "leave it empty for SQLite in DATA_DIR, or write postgresql://user:password@host/database"


def async_url(url: str) -> URL:
    """The URL with its asynchronous driver, whichever driver it names. Raises `ConfigurationError`, without the URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # from None: the URL may hold a password
        raise ConfigurationError(f"DATABASE_URL: is not a database's URL; {REMEDY}") from None
    kind = parsed.drivername.partition("+")[0]
    if kind not in DRIVERS:
        raise ConfigurationError(f"DATABASE_URL: {kind!r} is neither sqlite nor postgresql; {REMEDY}")
    parsed = parsed.set(drivername=DRIVERS[kind])
    if kind == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ConfigurationError(f"DATABASE_URL: SQLite needs a file; {REMEDY}")
        return parsed
    if not parsed.database:
        raise ConfigurationError(f"DATABASE_URL: names no database; {REMEDY}")
    if unknown := sorted(set(parsed.query) - set(PARAMETERS)):
        raise ConfigurationError(f"DATABASE_URL: {', '.join(unknown)} is not supported after the question mark")
    return parsed.set(query={PARAMETERS[name]: value for name, value in parsed.query.items()})

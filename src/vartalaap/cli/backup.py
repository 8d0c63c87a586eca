"""Copies of the database, sealed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ..bootstrap import make_backup, restore_backup
from ..config import load_settings
from ..logging_config import configure_logging
from .new_file import NewFile


@click.command()
@click.argument("file", type=NewFile())
def backup(file: Path) -> None:
    """Write a sealed copy of the database to FILE, which must be new, while the server goes on.

    Sealed with BACKUP_KEY, or else with a key made from PHONE_ENCRYPTION_KEY. Keep that key elsewhere: without it the
    backup opens for nobody, and the numbers in it need PHONE_ENCRYPTION_KEY and PHONE_HASH_PEPPER anyway.
    PostgreSQL needs its client programs (pg_dump), as new as the server.
    """
    configure_logging("ERROR")
    size = asyncio.run(make_backup(file, load_settings()))
    click.echo(f"{file}: {size} bytes, sealed.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Put it in the place of a database that is there.")
def restore(file: Path, force: bool) -> None:
    """Put the database of FILE in place. Stop the server first.

    The whole backup is read and checked before anything is replaced. What was erased since it was made is in it
    again: erase it once more, and run `vartalaap purge`.
    """
    configure_logging("ERROR")
    made_at = asyncio.run(restore_backup(file, load_settings(), force=force))
    click.echo(f"The database is as it was at {made_at:%Y-%m-%d %H:%M %Z}. Now run `vartalaap purge`.")

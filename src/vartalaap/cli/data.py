"""The database and the businesses in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ..bootstrap import read_business, show_business
from ..config import load_settings
from ..db.business_file import load_business
from ..db.migrate import upgrade


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the present schema; safe to repeat."""
    settings = load_settings()
    asyncio.run(upgrade(settings.database))
    click.echo("The database is up to date.")


@click.group()
def business() -> None:
    """Businesses: hours, rules, menu, place."""


@business.command("check")
@click.argument("file", type=Path)
def business_check(file: Path) -> None:
    """Read a YAML file and name each mistake with its line and field."""
    found = load_business(file)
    click.echo(f"{file}: {found.name} ({found.id}), {len(found.menu.items)} dishes, {len(found.faqs)} FAQs: in order.")


@business.command("load")
@click.argument("file", type=Path)
def business_load(file: Path) -> None:
    """Put a YAML file into the database; calls and the API use it from their next check on."""
    found = asyncio.run(read_business(file, load_settings()))
    click.echo(f"{found.name} ({found.id}) is in the database.")


@business.command("show")
@click.argument("business_id", required=False)
def business_show(business_id: str | None) -> None:
    """Print a business of the database as YAML that `load` reads; without an id, the default one."""
    click.echo(asyncio.run(show_business(business_id, load_settings())), nl=False)

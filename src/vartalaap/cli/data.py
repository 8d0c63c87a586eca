"""The database and the businesses in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ..bootstrap import read_business, show_business, upgrade_database
from ..config import load_settings
from ..db.business_file import WrongBusinessFile, check_business
from .sections import Sections


@click.group(cls=Sections)
def db() -> None:
    """Bring the database to the present schema."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the present schema; safe to repeat, and done by each start of the server."""
    settings = load_settings()
    asyncio.run(upgrade_database(settings))
    click.echo("The database is up to date.")


@click.group(cls=Sections)
def business() -> None:
    """Check a business's YAML file, put it into the database, print it: hours, rules, menu, place."""


@business.command("check")
@click.argument("file", type=Path, required=False)
def business_check(file: Path | None) -> None:
    """Name each mistake in a YAML file with its line and field, and what was hardly meant as a warning.

    Without FILE, that of BUSINESS_CONFIG. Exit status 2 if there is a mistake; warnings stop nothing.

    \b
    Example: vartalaap business check config/yours.yaml
    """
    file = file or load_settings().business_config
    try:
        found, warnings = check_business(file)
    except WrongBusinessFile as wrong:
        for mistake in wrong.mistakes:
            click.echo(f"Error: {mistake}", err=True)
        raise SystemExit(wrong.exit_status) from None
    for warning in warnings:
        click.echo(f"warning: {warning}")
    verdict = f"{len(warnings)} to look at" if warnings else "in order"
    click.echo(f"{file}: {found.name} ({found.id}), {len(found.menu.items)} dishes, {len(found.faqs)} FAQs: {verdict}.")


@business.command("load")
@click.argument("file", type=Path)
def business_load(file: Path) -> None:
    """Put a YAML file into the database; calls and the API use it from their next check on.

    What was edited over the API since is replaced.

    \b
    Example: vartalaap business load config/yours.yaml
    """
    found = asyncio.run(read_business(file, load_settings()))
    click.echo(f"{found.name} ({found.id}) is in the database.")


@business.command("show")
@click.argument("business_id", required=False)
def business_show(business_id: str | None) -> None:
    """Print a business of the database as YAML that `load` reads; without an id, the default one.

    \b
    Example: vartalaap business show > config/yours.yaml
    """
    click.echo(asyncio.run(show_business(business_id, load_settings())), nl=False)

"""The messages that are owed, sent or dead."""

from __future__ import annotations

import asyncio

import click

from ..bootstrap.messenger import listed_messages, retry_message, shown_message
from ..config import load_settings
from ..db.models import OUTBOX_STATES
from .sections import Sections


@click.group(cls=Sections)
def messages() -> None:
    """Show messages on WhatsApp: what is owed, what was sent, what is dead."""


@messages.command("list")
@click.option("--status", type=click.Choice(OUTBOX_STATES), help="Only these; `dead` ones need you.")
@click.option("--most", default=50, show_default=True)
def list_messages(status: str | None, most: int) -> None:
    """The newest messages, one a line."""
    for line in asyncio.run(listed_messages(load_settings(), status, most)):
        click.echo(line)


@messages.command("show")
@click.argument("message_id")
def show(message_id: str) -> None:
    """What a message says, and what became of it."""
    click.echo(asyncio.run(shown_message(load_settings(), message_id)))


@messages.command("retry")
@click.argument("message_id")
def retry(message_id: str) -> None:
    """Send a dead message again."""
    if not asyncio.run(retry_message(load_settings(), message_id)):
        raise click.ClickException("The message is not dead, or what it said is not kept any more.")
    click.echo("It will be sent again.")

"""Keys and passwords."""

from __future__ import annotations

import secrets

import click

from ..config import KEY_BYTES
from ..security.auth import hash_password, new_api_key


@click.group()
def keys() -> None:
    """The keys that protect telephone numbers, and the administrator's password."""


@keys.command("new")
def keys_new() -> None:
    """Print fresh keys for the environment. Keep them: numbers cannot be read without them."""
    click.echo(f"PHONE_ENCRYPTION_KEY={secrets.token_hex(KEY_BYTES)}")
    click.echo(f"PHONE_HASH_PEPPER={secrets.token_hex(KEY_BYTES)}")


@keys.command("password")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out.")
def keys_password(password: str) -> None:
    """Print the hash of an administrator's password for the environment."""
    click.echo(f"ADMIN_PASSWORD_HASH='{hash_password(password)}'")


@keys.command("api")
def keys_api() -> None:
    """Print a fresh key for the API, and what API_KEYS needs to know it: a digest, from which it cannot be made."""
    key, entry = new_api_key()
    click.echo(f"# for the program that calls the API (shown once):\n# {key}")
    click.echo(f"API_KEYS={entry}")

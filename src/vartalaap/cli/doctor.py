"""`vartalaap doctor`."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import click
from rich.console import Console
from rich.markup import escape

from ..bootstrap.doctor import Finding, examine
from ..config import load_settings
from ..errors import ConfigurationError

MARKS = {"ok": "[green]✓[/]", "off": "[dim]–[/]", "warning": "[yellow]![/]", "wrong": "[red]✗[/]"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each finding.")
def doctor(as_json: bool) -> None:
    """Look at everything that calls depend on and say what to do.

    Exit status 1 if something is wrong; a warning stops nothing.
    """
    findings: list[Finding] = []
    console = Console(highlight=False, soft_wrap=True)

    def show(finding: Finding) -> None:
        findings.append(finding)
        if as_json:
            click.echo(json.dumps(dataclasses.asdict(finding), ensure_ascii=False))
            return
        console.print(f"{MARKS[finding.state]} [bold]{finding.subject:<14}[/] {escape(finding.found)}")
        if finding.advice:
            console.print(f"  {'':<14} [dim]→ {escape(finding.advice)}[/]")

    async def look() -> None:
        async for finding in examine(settings):
            show(finding)

    try:
        settings = load_settings()
    except ConfigurationError as error:
        show(Finding("settings", "wrong", error.message, "Correct the environment or .env; .env.example explains."))
    else:
        asyncio.run(look())
    wrong = sum(finding.state == "wrong" for finding in findings)
    warnings = sum(finding.state == "warning" for finding in findings)
    if not as_json:
        verdict = f"{wrong} wrong" if wrong else "Ready for calls"
        console.print(f"\n{verdict}{f', {warnings} to look at' if warnings else ''}.")
    raise SystemExit(1 if wrong else 0)

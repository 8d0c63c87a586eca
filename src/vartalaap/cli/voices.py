"""Piper's voices."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from ..services.tts.piper_voices import VOICES, VOICES_URL, download, find
from .sections import Sections


@click.group(cls=Sections)
def voices() -> None:
    """List and download Piper's neural voices, which are not part of Vartalaap."""


@voices.command("list")
def voices_list() -> None:
    """The voices for Hindi and English, and what to know of each."""
    for voice in VOICES:
        click.echo(f"{voice.name}\n    {voice.speaks}; {voice.caution}")


@voices.command("download")
@click.argument("name")
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("data/voices"), show_default=True)
@click.option("--from", "base_url", default=VOICES_URL, show_default=True, help="A mirror of the publisher's folders.")
def voices_download(name: str, folder: Path, base_url: str) -> None:
    """Download a voice with its model card. An interrupted download is gone on with."""
    voice = find(name)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def tell(file: str, here: int, size: int) -> None:
            bar = bars.get(file)
            if bar is None:
                bar = bars[file] = progress.add_task(file)
            progress.update(bar, completed=here, total=size)

        files = download(voice, folder, base_url.rstrip("/"), tell)
    for file in files:
        click.echo(file)
    click.echo(f"Before it speaks to customers: {voice.caution}.")

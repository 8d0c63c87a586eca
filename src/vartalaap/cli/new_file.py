"""A file that a command is to write."""

from __future__ import annotations

from pathlib import Path

import click

from ..files import must_be_new


class NewFile(click.ParamType[Path]):
    """Refused at once if there is one of its name: not only when all of the work is done."""

    name = "file"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        must_be_new(Path(value))
        return Path(value)

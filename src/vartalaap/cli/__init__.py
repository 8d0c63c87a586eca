"""`vartalaap <command>`."""

from __future__ import annotations

import click

from .. import __version__
from ..errors import VartalaapError
from . import backup, calls, data, doctor, keys, messages, privacy, serve, voices, worker


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


for command in (
    serve.serve,
    serve.models,
    calls.call,
    calls.chat,
    calls.understand,
    data.db,
    data.business,
    keys.keys,
    messages.messages,
    worker.worker,
    voices.voices,
    privacy.export,
    privacy.erase,
    privacy.purge,
    privacy.legal_copies,
    privacy.breach,
    backup.backup,
    backup.restore,
    doctor.doctor,
):
    main.add_command(command)

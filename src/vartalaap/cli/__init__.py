"""`vartalaap <command>`."""

from __future__ import annotations

from typing import NoReturn

import click

from .. import __version__
from ..config import misspelt_settings
from ..errors import ConfigurationError, VartalaapError
from . import backup, calls, data, doctor, keys, messages, privacy, serve, voices, worker
from .sections import Sections


class _Commands(Sections):
    """Our errors are one line, never a traceback; the exit status is 2 where a setting or a file is wrong, else 1."""

    def invoke(self, ctx: click.Context) -> object:
        for line in misspelt_settings():
            click.echo(f"Warning: {line}", err=True)
        try:
            return super().invoke(ctx)
        except VartalaapError as error:
            _refuse(error.message, error.exit_status)
        except OSError as error:
            if error.filename is None:  # a connection, a pipe: no file that somebody named
                raise
            _refuse(f"{error.filename}: {error.strerror}", ConfigurationError.exit_status)


def _refuse(message: str, status: int) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    raise SystemExit(status)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Vartalaap: a telephone receptionist for small Indian businesses.

    Settings come from the environment and from .env in the folder where a command is started.
    `vartalaap COMMAND --help` says more of each.
    """


main.add_section("Run", serve.serve, worker.worker)
main.add_section("Try it without a telephone", calls.chat, calls.call, calls.understand)
main.add_section("Look", doctor.doctor, messages.messages)
main.add_section("Set up", data.business, keys.keys, data.db, serve.models, voices.voices)
main.add_section(
    "Data", backup.backup, backup.restore, privacy.export, privacy.erase, privacy.purge, privacy.breach,
    privacy.legal_copies,
)  # fmt: skip

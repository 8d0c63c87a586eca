"""Personal data: shown, erased, kept no longer than needed; and who is affected if it was stolen."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from .. import bootstrap
from ..config import load_settings
from ..core.clock import Clock
from ..core.phone import PhoneNumber
from ..db.privacy.person import Bookings
from ..files import write_file
from ..logging_config import configure_logging
from .new_file import NewFile


def _number(value: str) -> PhoneNumber:
    phone = PhoneNumber.parse(value)
    if phone is None:
        raise click.BadParameter("that is no telephone number")
    return phone


def _instant(value: str) -> datetime:
    """ISO 8601; without a zone, this machine's."""
    try:
        return datetime.fromisoformat(value).astimezone()
    except ValueError:
        raise click.BadParameter("that is no time, for example 2026-11-25T14:00:00+05:30") from None


_BETWEEN = (
    click.option(
        "--from", "since", type=_instant, metavar="TIME", required=True, help="For example 2026-11-25T14:00+05:30."
    ),
    click.option(
        "--to", "until", type=_instant, metavar="TIME", required=True, help="For example 2026-11-26T09:00+05:30."
    ),
)


def _between(command: Any) -> Any:
    for option in reversed(_BETWEEN):
        command = option(command)
    return command


def _print(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


@click.command()
@click.argument("phone", type=_number)
@click.option("--file", type=NewFile(), help="Write it there, into a new file that only you can read.")
def export(phone: PhoneNumber, file: Path | None) -> None:
    """Print everything that is held of a number, as JSON, its transcripts opened: for that person alone.

    Give it to nobody before you know that the number is theirs. The audit log notes the export, not the number.

    \b
    Example: vartalaap export 9876543210 --file guest.json
    """
    configure_logging("ERROR")
    held = asyncio.run(bootstrap.export_number(phone, load_settings()))
    if file is None:
        _print(held)
        return
    write_file(file, [json.dumps(held, ensure_ascii=False, indent=1).encode()])
    click.echo(f"{file}: receipt {held['receipt']}")


@click.command()
@click.argument("phone", type=_number)
@click.option("--keep-bookings", "bookings", flag_value="keep", help="Bookings to come stay until the visit is over.")
@click.option("--cancel-bookings", "bookings", flag_value="cancel", help="Bookings to come are cancelled and erased.")
def erase(phone: PhoneNumber, bookings: Bookings | None) -> None:
    """Erase everything about a number, and print a receipt; safe to repeat.

    Calls and bookings stay as anonymous times, outcomes and party sizes. A wish not to be transcribed, or to get no
    messages, stays under the number's hash: without it the next call would be transcribed again.

    Bookings that are still to come are asked about. Kept is the safe answer, and the one where nobody can be asked:
    the guest finds the table, and name and number go with the first purge after the visit.

    RETENTION_LEGAL_COPY_DAYS decides whether a sealed copy is left for as long as a law asks (see docs/privacy.md).
    """
    configure_logging("ERROR")

    def decide(coming: int) -> Bookings:
        if bookings:
            return bookings
        if not sys.stdin.isatty():
            return "keep"
        kept = click.confirm(f"{coming} booking(s) are still to come. Keep them until the visit?", default=True)
        return "keep" if kept else "cancel"

    _print(asyncio.run(bootstrap.erase_number(phone, load_settings(), decide)).as_json())


@click.command()
def purge() -> None:
    """Erase what is past its time; the server does the same every day, and doing it twice does nothing.

    RETENTION_TRANSCRIPT_DAYS and RETENTION_PHONE_DAYS (90), RETENTION_RESERVATION_DAYS (365). Hashes and opt-outs
    stay, and so do totals by day, in which nobody is.

    India's DPDP Rules 2025, rule 8(3), in force from May 2027, ask every business to keep personal data and logs for
    at least a year for the purposes of the State, although they are erased from use. RETENTION_LEGAL_COPY_DAYS=365
    keeps sealed copies for that time, which only `legal-copies` opens, and notes that it did. The default, 0, erases
    at once, as callers are told. This is not legal advice.
    """
    configure_logging("ERROR")
    _print(asyncio.run(bootstrap.purge_now(load_settings())))


@click.command("legal-copies")
@_between
def legal_copies(since: datetime, until: datetime) -> None:
    """Open the sealed copies of what was collected between two times, as JSON lines; the audit log notes it.

    For an authority that asks in writing. Copies exist only if RETENTION_LEGAL_COPY_DAYS was set when data were erased.

    \b
    Example: vartalaap legal-copies --from 2026-11-25T00:00+05:30 --to 2026-11-26T00:00+05:30
    """
    configure_logging("ERROR")

    async def show() -> None:
        async for copy in bootstrap.legal_copies((since, until), load_settings()):
            click.echo(json.dumps(copy, ensure_ascii=False))

    asyncio.run(show())


@click.command()
@_between
@click.option("--reveal", is_flag=True, help="Numbers and names in plain, for the letters; the audit log notes it.")
def breach(since: datetime, until: datetime, reveal: bool) -> None:
    """Print who is affected, if strangers saw what was written or changed between two times, as JSON.

    If the whole database was taken, begin before its first call. Stolen with its keys, everything in it is readable;
    without them, names of bookings are, and who wrote what down when.

    \b
    Duties in India, as far as we know them (not legal advice; ask counsel at once):
      6 hours   CERT-In's directions of 2022: report the incident to CERT-In after noticing it.
      no delay  DPDP Rules 2025, rule 7: tell each affected person and the Data Protection Board.
      72 hours  the same rule: details to the Board. In force from May 2027.
    Tell people what happened, what it may mean for them, what you have done, what they can do, and whom to ask.
    """
    configure_logging("ERROR")
    settings = load_settings()
    people = asyncio.run(bootstrap.affected_by_breach((since, until), settings, reveal=reveal))
    listed = [
        {
            "phone": None if one.phone is None else one.phone.e164 if reveal else one.phone.masked,
            "names": list(one.names) if reveal else len(one.names),
            "rows": one.counts,
        }
        for one in people
    ]
    _print(
        {
            "from": since.isoformat(),
            "to": until.isoformat(),
            "listed_at": Clock(settings.clock_start).now().isoformat(timespec="seconds"),
            "people": len(listed),
            "without_a_number": sum(one.phone is None for one in people),
            "affected": listed,
        }
    )

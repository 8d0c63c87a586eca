"""The commands as a stranger meets them: their help, and one line for whatever is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click
import pytest
from click.testing import CliRunner, Result

from tests.support.postgres import Postgres
from vartalaap.bootstrap import business_of_file
from vartalaap.cli import main
from vartalaap.cli.sections import Sections
from vartalaap.config import load_settings
from vartalaap.logging_config import configure_logging
from vartalaap.shipped import DEMO_BUSINESS

ROOT = Path(__file__).parents[2]
GROUP = cast(Sections, main)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder, as the one in which somebody starts a command; the log is back at its place afterwards."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    configure_logging()


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


def refused(result: Result) -> str:
    """The one line that is said; of what is logged before it no errors."""
    said = [
        line for line in result.output.split("\n") if line and not re.match(r"\d{4}-\d\d-\d\d .* (INFO|WARNING) ", line)
    ]
    assert result.exit_code == 2, result.output
    assert len(said) == 1, result.output
    assert said[0].startswith("Error: ")
    return said[0]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BUSINESS_CONFIG", "nope.yaml", "BUSINESS_CONFIG: {here}/nope.yaml: there is no such file; copy"),
        ("BUSINESS_CONFIG", ".", "BUSINESS_CONFIG: {here}: cannot be read (Is a directory)"),
        ("DATA_DIR", "/proc/nowhere", "DATA_DIR: /proc/nowhere cannot be written"),
        ("DATABASE_URL", "mysql://root@localhost/x", "DATABASE_URL: 'mysql' is neither sqlite nor postgresql; leave"),
        ("DATABASE_URL", "sqlite:////proc/nowhere/x.db", "DATABASE_URL: the folder /proc/nowhere cannot be made"),
        ("DATABASE_URL", "postgresql://u:canary@127.0.0.1:9/x", "DATABASE_URL, which leads to 127.0.0.1:9/x, is right"),
        ("ADMIN_PASSWORD_HASH", "secret", "ADMIN_PASSWORD_HASH: is no hash of a password"),
        ("PUBLIC_URL", "https://bot.example.in:https", "PUBLIC_URL: must be like https://your.domain"),
        ("PORT", "none", "PORT: "),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(elsewhere: Path, name: str, value: str, said: str) -> None:
    line = refused(run("serve", **{name: value}))
    assert said.format(here=elsewhere) in line
    assert "canary" not in line


@pytest.mark.parametrize("command", [("db", "upgrade"), ("business", "show"), ("messages", "list"), ("purge",)])
def test_every_command_says_it_so(command: tuple[str, ...]) -> None:
    assert "DATA_DIR: /proc/nowhere" in refused(run(*command, DATA_DIR="/proc/nowhere"))


def test_a_broken_business_stops_the_start_with_its_first_mistake(elsewhere: Path) -> None:
    text = DEMO_BUSINESS.read_text(encoding="utf-8")
    (elsewhere / "own.yaml").write_text(text.replace("total_seats", "total_seat").replace("price: 180", "prize: 180"))
    line = refused(run("serve", BUSINESS_CONFIG="own.yaml"))
    place = f"BUSINESS_CONFIG: {elsewhere}/own.yaml:26: reservation_rules.total_seat: "
    assert f"{place}there is no such field; did you mean total_seats? (and 4 more: vartalaap business check" in line


@pytest.mark.parametrize(("name", "text"), [("development-keys", "one-word"), ("development-password", "")])
def test_a_damaged_secret_of_development_is_named(elsewhere: Path, name: str, text: str) -> None:
    (elsewhere / "data").mkdir()
    (elsewhere / "data" / name).write_text(text)
    assert f"{elsewhere}/data/{name}: is damaged" in refused(run("serve"))


@pytest.mark.parametrize(
    "command", [("export", "9876543210", "--file"), ("voices", "download", "hi_IN-rohan-medium", "--to")]
)
def test_a_file_that_cannot_be_written_is_named(command: tuple[str, ...]) -> None:
    assert "/proc/nowhere" in refused(run(*command, "/proc/nowhere/file"))


def test_a_postgresql_that_lacks_the_database_is_one_line(postgres: Postgres) -> None:
    line = refused(run("db", "upgrade", DATABASE_URL=postgres.url("nowhere")))
    assert "InvalidCatalogNameError; see that PostgreSQL runs and that DATABASE_URL, which leads to " in line


def test_a_dotenv_that_begins_with_a_byte_order_mark_is_read_whole(elsewhere: Path) -> None:
    (elsewhere / ".env").write_bytes(b"\xef\xbb\xbfPORT=8123\n")
    assert load_settings().port == 8123


def test_a_dotenv_that_is_no_text_is_named(elsewhere: Path) -> None:
    (elsewhere / ".env").write_bytes(b"PORT=8000\n\xff\xfe")
    assert f"{elsewhere}/.env: is not UTF-8 text" in refused(run("serve"))


@pytest.mark.parametrize("command", [("business", "check"), ("db", "upgrade"), ("understand", "--as", "yesno")])
def test_a_name_in_dotenv_that_is_nearly_a_setting_is_pointed_out(elsewhere: Path, command: tuple[str, ...]) -> None:
    lines = ("# DATBASE_URL=x", "PORT=8000", "export BUSINES_CONFIG=canary", "COMPOSE_FILE=y", "forwarded_allow_ips=*")
    (elsewhere / ".env").write_text("\n".join(lines))
    result = run(*command)
    assert result.exit_code == 0
    assert result.stderr == "Warning: .env:3: BUSINES_CONFIG is no setting; did you mean BUSINESS_CONFIG?\n"


def test_the_demonstration_is_found_from_any_folder_and_a_relative_path_begins_there(elsewhere: Path) -> None:
    assert business_of_file(load_settings()).id == "himalayan-kitchen"
    (elsewhere / "own.yaml").write_text(DEMO_BUSINESS.read_text(encoding="utf-8").replace("id: himalayan-", "id: "))
    settings = load_settings(business_config="own.yaml")
    assert settings.business_config == elsewhere / "own.yaml"
    assert business_of_file(settings).id == "kitchen"


def test_the_package_carries_the_demonstration(elsewhere: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(elsewhere)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = elsewhere.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(elsewhere / "installed")
    script = "from vartalaap.shipped import DEMO_BUSINESS, MIGRATIONS; print(DEMO_BUSINESS, MIGRATIONS)"
    installed = {"PYTHONPATH": str(elsewhere / "installed")}
    found = subprocess.run([sys.executable, "-c", script], env=installed, check=True, capture_output=True, text=True)
    demo, migrations = map(Path, found.stdout.split())
    assert demo == elsewhere / "installed/vartalaap/demo_business/himalayan_kitchen.yaml"
    assert demo.read_bytes() == DEMO_BUSINESS.read_bytes()
    assert (migrations / "env.py").is_file()


def test_a_call_in_writing_with_bookings_and_no_business_is_of_the_configured_one() -> None:
    booking = {"id": "b1", "date": "2026-11-26", "time": "20:00", "party_size": 4, "name": "A", "phone": "9876501234"}
    opening = {"now": "2026-11-25T14:00:00", "caller_id": "+919876501234", "existing_bookings": [booking]}
    lines = [{"open": opening}, {"say": "please cancel my booking"}, {"say": "yes"}, {"end": True}]
    sent = "".join(json.dumps(line) + "\n" for line in lines)
    result = CliRunner().invoke(main, ["chat", "--jsonl"], input=sent)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert not [answer for answer in answers if "error" in answer]
    assert answers[-1]["cancelled"] == ["b1"]


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            assert command.help, name
            yield (*path, name)


def documented() -> Iterator[tuple[str, ...]]:
    """The commands of README's table: `keys new, next` are two of a group, `backup, restore` are two."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for row in re.findall(r"^\| `vartalaap ([a-z, -]+)", readme, re.MULTILINE):
        first, *others = [word for word in row.replace(",", " ").split() if not word.startswith("--")]
        of_a_group = isinstance(GROUP.commands[first], click.Group)
        yield from ((first, one) if of_a_group else (one,) for one in (others if of_a_group else [first, *others]))


def test_every_command_has_a_help_and_is_in_the_readme() -> None:
    assert sorted(commands(GROUP)) == sorted(documented())


def test_every_command_is_in_one_section_and_no_sentence_of_the_help_is_cut() -> None:
    assert sorted(name for names in GROUP.sections.values() for name in names) == sorted(GROUP.commands)
    shown = " ".join(run("--help").output.split())
    for title, names in GROUP.sections.items():
        assert f" {title}: " in shown
        for name in names:
            sentence = " ".join((GROUP.commands[name].help or "").split()).partition(". ")[0].rstrip(".")
            assert f" {name} {sentence}." in shown

"""The owner's file, the database, and what was edited there: who wins when, and how the configuration comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.book import DEMO, TEST_NOW
from vartalaap.bootstrap import configured_business, open_office
from vartalaap.cli import main
from vartalaap.config import Settings, load_settings
from vartalaap.core.booking.book import Actor
from vartalaap.core.clock import Clock
from vartalaap.db.business_file import load_business

OWNER = Actor("admin:owner")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "house.yaml"
    file.write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    return load_settings(data_dir=tmp_path, business_config=file)


async def start(settings: Settings, edit: dict[str, object] | None = None) -> tuple[str, int]:
    """Start once, perhaps edit, stop; the name and the seats as they were at the start."""
    async with open_office(settings, Clock(TEST_NOW)) as office:
        business = await configured_business(office, settings)
        if edit:
            await office.businesses.patch(business.id, edit, None, OWNER)
    return business.name, business.reservation_rules.total_seats


async def test_what_was_edited_outlives_a_restart_until_the_file_changes(settings: Settings) -> None:
    assert await start(settings, {"reservation_rules": {"total_seats": 44}}) == ("Himalayan Kitchen", 40)
    assert await start(settings) == ("Himalayan Kitchen", 44)
    file = settings.business_config
    file.write_text(file.read_text(encoding="utf-8").replace("name: Himalayan Kitchen", "name: Himalaya"), "utf-8")
    assert await start(settings) == ("Himalaya", 40)


def test_the_commands_check_load_and_show_a_business(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    file = settings.business_config
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BUSINESS_CONFIG", str(file))
    run = CliRunner()
    assert "15 dishes" in run.invoke(main, ["business", "check", str(file)]).output
    missing = run.invoke(main, ["business", "show"])
    assert (missing.exit_code, "no such business" in missing.output) == (1, True)
    assert run.invoke(main, ["business", "load", str(file)]).exit_code == 0
    shown = run.invoke(main, ["business", "show"])
    copy = settings.data_dir / "copy.yaml"
    copy.write_text(shown.stdout, encoding="utf-8")
    assert load_business(copy) == load_business(file)
    file.write_text(file.read_text(encoding="utf-8").replace("total_seats: 40", "total_seats: many"), "utf-8")
    wrong = run.invoke(main, ["business", "check", str(file)])
    assert wrong.exit_code == 2
    assert "reservation_rules.total_seats: is not a whole number" in wrong.output


def test_what_was_hardly_meant_is_a_warning_with_its_line_and_stops_nothing(settings: Settings) -> None:
    file = settings.business_config
    text = file.read_text(encoding="utf-8").replace('"+919810000000"', '"12345"', 1)
    file.write_text(text.replace('tuesday: "11:00-22:30"', 'tuesday: "22:30-11:00"'), encoding="utf-8")
    checked = CliRunner().invoke(main, ["business", "check"], env={"BUSINESS_CONFIG": str(file)})
    assert checked.exit_code == 0
    warnings = [line for line in checked.stdout.splitlines() if line.startswith("warning: ")]
    places = [line.removeprefix(f"warning: {file}:").split(": ")[:2] for line in warnings]
    assert places == [["15", "operating_hours.tuesday"], ["65", "faqs"], ["70", "handoff.whatsapp_number"]]
    assert checked.stdout.splitlines()[-1].endswith("3 to look at.")


def test_each_mistake_of_a_file_has_a_line(settings: Settings) -> None:
    file = settings.business_config
    text = file.read_text(encoding="utf-8").replace("total_seats: 40", "total_seats: many")
    file.write_text(text.replace("price: 180", "price: -1"), encoding="utf-8")
    checked = CliRunner().invoke(main, ["business", "check", str(file)])
    assert checked.exit_code == 2
    assert [line.split(": ")[1] for line in checked.stderr.splitlines()] == [
        f"{file}:26", f"{file}:41", f"{file}:55",
    ]  # fmt: skip


def test_the_hash_of_a_password_opens_what_it_closes() -> None:
    printed = CliRunner().invoke(main, ["keys", "password", "--password", "open sesame"]).output
    assert printed.startswith("ADMIN_PASSWORD_HASH='$argon2id$")
    assert "sesame" not in printed

"""The owner's file, the database, and what was edited there: who wins when, and how the configuration comes out."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from loguru import logger

from tests.support.book import DEMO, TEST_NOW
from vartalaap.bootstrap import Parts, configured_business, open_office, prepare, read_business
from vartalaap.bootstrap.businesses import FILE_IS_WRONG
from vartalaap.cli import main
from vartalaap.config import Settings, load_settings
from vartalaap.core.booking.book import Actor
from vartalaap.core.clock import Clock
from vartalaap.db.business_file import load_business
from vartalaap.errors import ConfigurationError
from vartalaap.main import create_app

OWNER = Actor("admin:owner")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "house.yaml"
    file.write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    return load_settings(data_dir=tmp_path, business_config=file)


async def start(settings: Settings, edit: dict[str, object] | None = None) -> tuple[str, int]:
    """Start once, perhaps edit, stop; the name and the seats as they were at the start."""
    async with open_office(settings, Clock(TEST_NOW)) as office:
        business, _ = await configured_business(office, settings)
        if edit:
            await office.businesses.patch(business.id, edit, None, OWNER)
    return business.name, business.reservation_rules.total_seats


def rewrite(file: Path, old: str, new: str) -> Path:
    """The same file, or a neighbour of it, with something else in it."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def another(settings: Settings, seats: str) -> Path:
    """Another file of the same business."""
    file = settings.data_dir / "other.yaml"
    file.write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    return rewrite(file, "total_seats: 40", f"total_seats: {seats}")


async def test_what_was_edited_outlives_a_restart_until_the_file_changes(settings: Settings) -> None:
    assert await start(settings, {"reservation_rules": {"total_seats": 44}}) == ("Himalayan Kitchen", 40)
    assert await start(settings) == ("Himalayan Kitchen", 44)
    rewrite(settings.business_config, "name: Himalayan Kitchen", "name: Himalaya")
    assert await start(settings) == ("Himalaya", 40)


async def test_another_file_that_was_loaded_outlives_a_restart_until_the_configured_file_changes(
    settings: Settings,
) -> None:
    assert await start(settings) == ("Himalayan Kitchen", 40)
    await read_business(another(settings, "400"), settings)
    assert await start(settings) == ("Himalayan Kitchen", 400)
    assert await start(settings) == ("Himalayan Kitchen", 400)
    rewrite(settings.business_config, "total_seats: 40", "total_seats: 41")
    assert await start(settings) == ("Himalayan Kitchen", 41)


async def test_a_file_that_was_loaded_before_the_first_start_is_not_overwritten_by_it(settings: Settings) -> None:
    await read_business(another(settings, "400"), settings)
    assert await start(settings, {"reservation_rules": {"total_seats": 44}}) == ("Himalayan Kitchen", 400)
    assert await start(settings) == ("Himalayan Kitchen", 44)


async def test_the_configured_file_that_was_loaded_by_hand_is_not_read_again(settings: Settings) -> None:
    await start(settings)
    await read_business(rewrite(settings.business_config, "total_seats: 40", "total_seats: 41"), settings)
    assert await start(settings, {"reservation_rules": {"total_seats": 44}}) == ("Himalayan Kitchen", 41)
    assert await start(settings) == ("Himalayan Kitchen", 44)


async def test_one_of_several_that_comes_back_leaves_a_changed_file_to_their_start(settings: Settings) -> None:
    await start(settings)
    rewrite(settings.business_config, "total_seats: 40", "total_seats: 41")
    assert await start(settings.model_copy(update={"process": 2})) == ("Himalayan Kitchen", 40)
    assert await start(settings) == ("Himalayan Kitchen", 41)


@pytest.mark.parametrize(
    ("old", "new"), [("total_seats: 40", "total_seats: many"), ("menu:", "menu: ["), ("id: himalayan-kitchen", "id:")]
)
async def test_while_the_file_is_broken_what_was_last_read_of_it_serves_and_says_so(
    old: str, new: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"stt": ("deepgram",)})
    await start(settings, {"reservation_rules": {"total_seats": 44}})
    whole = settings.business_config.read_text(encoding="utf-8")
    rewrite(settings.business_config, old, new)
    said: list[str] = []
    app = create_app(settings)
    listening = logger.add(lambda line: said.append(str(line)), level="WARNING", format="{message} {extra[fields]}")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http,
    ):
        ready = await http.get("/health/ready")
        parts: Parts = app.state.parts
        assert parts.business.reservation_rules.total_seats == 44
    logger.remove(listening)
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert f"business: {FILE_IS_WRONG}" in ready.json()["warnings"]
    (line,) = [line for line in said if FILE_IS_WRONG in line]
    assert f"{settings.business_config}:" in line
    settings.business_config.write_text(whole, encoding="utf-8")
    assert await start(settings) == ("Himalayan Kitchen", 44)  # which was read already


async def test_without_any_business_a_broken_file_stops_the_start(settings: Settings) -> None:
    rewrite(settings.business_config, "total_seats: 40", "total_seats: many")
    with pytest.raises(ConfigurationError, match=r"house\.yaml:26: reservation_rules\.total_seats"):
        await prepare(settings)


async def test_a_file_whose_number_belongs_to_another_business_is_a_broken_one(settings: Settings) -> None:
    await start(settings)
    rewrite(settings.business_config, "id: himalayan-kitchen", "id: second-kitchen")
    assert await start(settings) == ("Himalayan Kitchen", 40)


async def test_a_default_business_that_is_not_there_is_named(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="DEFAULT_BUSINESS_ID: nobody is not in the database"):
        await prepare(settings.model_copy(update={"default_business_id": "nobody"}))


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
    assert run.invoke(main, ["business", "show"]).stdout == shown.stdout, "the file's trouble is not the database's"


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

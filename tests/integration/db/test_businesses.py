"""A business goes into the database and comes out the same; its file's mistakes are named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.book import DEMO, test_business
from vartalaap.core.business import Menu, MenuCategory, MenuItem
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.business_file import WrongBusinessFile, load_business
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.errors import ConfigurationError, Conflict, NotFound


async def test_what_went_in_comes_out(businesses: Businesses) -> None:
    assert await businesses.get("himalayan-kitchen") == load_business(DEMO)


async def test_putting_it_again_replaces_menu_and_numbers(businesses: Businesses) -> None:
    menu = Menu(categories=(MenuCategory(name="All", items=(MenuItem(name="Soup", price=90),)),))
    changed = test_business().model_copy(update={"menu": menu, "phone_numbers": ("+911140009999",)})
    await businesses.put(changed)
    assert await businesses.get("himalayan-kitchen") == changed
    assert await businesses.by_number(PhoneNumber("+911140001234")) is None
    assert await businesses.by_number(PhoneNumber("+911140009999")) == changed


async def test_an_empty_category_is_kept(businesses: Businesses) -> None:
    menu = Menu(
        categories=(MenuCategory(name="Specials"), MenuCategory(name="Soups", items=(MenuItem(name="Soup", price=90),)))
    )
    changed = test_business().model_copy(update={"menu": menu})
    await businesses.put(changed)
    assert await businesses.get("himalayan-kitchen") == changed


async def test_one_number_cannot_reach_two_businesses(businesses: Businesses) -> None:
    second = test_business().model_copy(update={"id": "second"})
    with pytest.raises(Conflict, match=r"second: one of phone_numbers belongs to another business"):
        await businesses.put(second)
    with pytest.raises(NotFound):
        await businesses.get("second")
    assert await businesses.by_number(PhoneNumber("+911140001234")) == test_business()


async def test_an_unknown_business_is_not_found(businesses: Businesses) -> None:
    with pytest.raises(NotFound):
        await businesses.get("nobody")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('tuesday: "11:00-22:30"', 'tuesday: "11-22:30"', r":15: operating_hours\.tuesday: '11' is not a time"),
        ('tuesday: "11:00-22:30"', 'tuesday: "11:00 to 22:30"', r":15: operating_hours\.tuesday: .* not a span"),
        ("total_seats: 40", "total_seats: many", r":26: reservation_rules\.total_seats: .*whole number"),
        ("total_seats: 40", "total_chairs: 40", r":26: reservation_rules\.total_chairs: there is no such field"),
        ("price: 180", "price: -1", r"menu\.categories\.0\.items\.0\.price: .*greater"),
        ("timezone: Asia/Kolkata", "timezone: Asia/Delhi", r":5: timezone: 'Asia/Delhi' is not a time zone"),
        (
            "special_closures: []",
            "special_closures: [2026-02-30]",
            r":32: reservation_rules\.special_closures\.0: .*date",
        ),
        ('["+911140001234"]', '["12"]', r":6: phone_numbers\.0: is not a telephone number"),
        ("name: Soups and noodles", "name: Momos", r": menu: two categories have the same name"),
        ("id: himalayan-kitchen", "id: [", r":\d+: "),
    ],
)
def test_a_mistake_in_the_file_is_named_by_line_and_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "business.yaml"
    file.write_text(DEMO.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        load_business(file)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "business.yaml"
    file.write_bytes(b"id: a\n\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"business\.yaml:2: is not UTF-8 text; save"):
        load_business(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"{tmp_path}/nowhere\.yaml: there is no such file; copy .*\.yaml"):
        load_business(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r":1: is empty; begin with a copy"),
        ("# later\n", r":1: is empty"),
        ("- Momos\n", r":1: does not consist of fields"),
        ("Himalayan Kitchen", r":1: does not consist of fields"),
        ("\nid: \x01\x02", r":2: has a character that no text has"),
        ("id: a\nmenu: " + "[" * 5000, r":2: nests deeper than 32 levels"),
        ("\n".join(" " * depth + "menu:" for depth in range(5000)), r":32: nests deeper than 32 levels"),
        ("id: a\nname: " + "9" * 5000, r":2: has a value that cannot be read as int"),
        ("id: a\nname: !!bool perhaps", r":2: has a value that cannot be read as bool"),
        ("id: a\nname: b\nid: c", r":3: id is given twice, first in line 1; remove one"),
        ("id: a\nmenu:\n  categories: []\n  categories: []", r":4: categories is given twice, first in line 3"),
        ("? [a]\n: b", r":1: .*unhashable key"),
        ("id: a\n---\nid: b", r":2: expected a single document"),
    ],
)
def test_yaml_that_cannot_be_meant_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "business.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as refused:
        load_business(file)
    assert "\n" not in refused.value.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("total_seats:", "total_seat:", r":26: reservation_rules\.total_seat: .* did you mean total_seats\?"),
        ("price: 180", "Price: 180", r"menu\.categories\.0\.items\.0\.price: is missing"),
        ("question: parking", "qestion: parking", r":66: faqs\.0\.question: is missing"),
        ("promise_minutes:", "promise_minute:", r"handoff\.promise_minute: .* did you mean promise_minutes\?"),
        ("  # phone_number", "  hours: {mondy: closed}\n  #", r"handoff\.hours\.mondy: .* did you mean monday\?"),
        ("type: restaurant", "zzz: 1", r":4: zzz: there is no such field; there are areas, blocks, combinations"),
    ],
)
def test_a_misspelt_field_is_told_what_was_meant(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "business.yaml"
    file.write_text(DEMO.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WrongBusinessFile) as refused:
        load_business(file)
    assert re.search(said, "\n".join(refused.value.mistakes))


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", forbidden)  # the tests may run as root, who may read everything
    with pytest.raises(ConfigurationError, match=rf"{tmp_path}/own\.yaml: cannot be read \(Permission denied\)"):
        load_business(tmp_path / "own.yaml")

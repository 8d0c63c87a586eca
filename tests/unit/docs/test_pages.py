"""What the pages name is there: requirements, and files of the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
CODE = [ROOT / "src", ROOT / "tests", ROOT / "eval", ROOT / "bench", ROOT / "migrations"]
PACKAGE = ROOT / "src" / "vartalaap"
ROOTS = (PACKAGE, ROOT / "tests", ROOT, PACKAGE / "dialogue" / "nlu" / "data")
"""Where a path that a page names may begin; tables of words are called by their names."""
MAPS = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"] + [
    DOCS / f"{name}.md" for name in ("requirements", "glossary", "walkthrough")
]
"""Pages that lead through the code: each file that they name is to be found."""


def requirements() -> set[str]:
    return set(re.findall(r"^- \*\*(R\d+)\*\* \S", (DOCS / "requirements.md").read_text(encoding="utf-8"), re.M))


def cited_in(text: str) -> Iterator[str]:
    """ "R38, R39", and what lies between in "R24-R36"."""
    for first, last in re.findall(r"\bR(\d{2,3})\b(?:-R(\d{2,3})\b)?", text):
        yield f"R{first}"
        if last:
            yield f"R{last}"


def test_every_requirement_that_is_cited_is_in_the_page() -> None:
    sources = chain.from_iterable(folder.rglob("*.py") for folder in CODE)
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    cited = {
        (number, str(path.relative_to(ROOT)))
        for path in [*sources, *pages]
        for number in cited_in(path.read_text(encoding="utf-8"))
    }
    assert len({number for number, _ in cited}) > 40
    known = requirements()
    assert sorted(cite for cite in cited if cite[0] not in known) == []


def test_no_number_of_a_requirement_is_given_twice_and_they_stand_in_order() -> None:
    numbers = [int(n) for n in re.findall(r"^- \*\*R(\d+)\*\*", (DOCS / "requirements.md").read_text("utf-8"), re.M)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("page", MAPS, ids=lambda page: page.name)
def test_every_file_that_a_map_of_the_code_names_exists(page: Path) -> None:
    named = set(re.findall(r"`([\w./-]+(?:/|\.py|\.txt|\.ya?ml|\.md|\.toml))`", page.read_text(encoding="utf-8")))
    assert named
    assert [name for name in sorted(named) if not any((root / name).exists() for root in ROOTS)] == []


def test_the_layers_in_the_architecture_are_those_that_are_checked() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    house, dialogue = (
        contract["layers"] for contract in settings["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"
    )
    assert "\n".join(house) in page
    assert " > ".join(dialogue) in page


def test_every_folder_of_the_package_has_its_line_in_the_architecture_and_its_tests_in_contributing() -> None:
    folders = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert len(folders) > 10
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in folders if f"`{name}/`" not in architecture] == []
    assert [name for name in folders if f"`{name}/" not in contributing and name != "simulator"] == []


def test_every_folder_of_tests_that_contributing_names_exists() -> None:
    named = set(re.findall(r"\btests/[\w/.]+", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []

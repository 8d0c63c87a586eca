"""The walk through one utterance is the one that the code takes."""

from __future__ import annotations

import pytest

from tests.support.book import TEST_NOW
from tests.unit.dialogue.caller import Caller
from vartalaap.dialogue import rule_brain
from vartalaap.dialogue.policy.handlers import take_turn
from vartalaap.dialogue.turn import Turn

from .test_pages import DOCS

PAGE = (DOCS / "walkthrough.md").read_text(encoding="utf-8")


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[Turn]:
    """Every turn that policy has taken."""
    taken: list[Turn] = []

    async def note(turn: Turn) -> None:
        await take_turn(turn)
        taken.append(turn)

    monkeypatch.setattr(rule_brain, "take_turn", note)
    return taken


async def test_the_example_is_understood_decided_and_said_as_the_page_tells(turns: list[Turn]) -> None:
    utterance = PAGE.split('A caller says "')[1].split('"')[0]
    caller = Caller()
    await caller.say(utterance)
    (turn,) = turns
    assert f"{TEST_NOW:%A, %-d %B %Y, %H:%M}" in PAGE
    heard = turn.heard
    assert heard.when is not None
    assert heard.when.date is not None
    assert heard.when.time is not None
    assert f"{heard.when.date:%-d %B}, {heard.when.time:%H:%M}" in PAGE
    assert heard.party_size == 4
    assert heard.has("book")
    assert heard.unexplained == 1
    assert {"wants", "names_table"} <= heard.signals
    assert f"`{turn.taken_by}` takes it" in PAGE
    assert [act.key for act in turn.acts] == ["there_is_a_table", "ask_name"]
    assert turn.state.asked == "name"
    assert all(f'"{sentence.text}"' in PAGE for sentence in caller.replies[-1])

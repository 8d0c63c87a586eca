"""Whole calls, written before they were played; see `script.py`."""

from __future__ import annotations

import itertools

import pytest

from vartalaap.dialogue.nlg.phrases import sentences

from .script import Played, Script, play, scripts

_PLAYED: dict[str, Played] = {}


async def _played(script: Script) -> Played:
    if script.id not in _PLAYED:
        _PLAYED[script.id] = await play(script)
    return _PLAYED[script.id]


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.id)
async def test_the_call_ends_as_it_should(script: Script, request: pytest.FixtureRequest) -> None:
    if script.misread:
        request.applymarker(pytest.mark.xfail(reason=f"misread: {script.misread}", strict=True))
    played = await _played(script)
    assert not played.wrong, "\n".join([*played.wrong, *played.transcript])


async def test_replies_are_one_or_two_sentences_and_not_said_twice_in_a_row() -> None:
    calls = [await _played(script) for script in scripts()]
    replies = [reply for played in calls for reply in played.replies]
    long = [reply for reply in replies if len(sentences(reply)) > 2]
    assert len(long) <= 0.02 * len(replies), long
    assert max(len(reply.split()) for reply in replies) <= 55
    pairs = [pair for played in calls for pair in itertools.pairwise(played.replies)]
    assert not [first for first, second in pairs if first == second]

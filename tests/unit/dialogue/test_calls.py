"""Whole calls, written before they were played; see `script.py`."""

from __future__ import annotations

import pytest

from .script import Script, play, scripts


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.id)
async def test_the_call_ends_as_it_should(script: Script, request: pytest.FixtureRequest) -> None:
    if script.misread:
        request.applymarker(pytest.mark.xfail(reason=f"misread: {script.misread}", strict=False))
    played = await play(script)
    assert not played.wrong, "\n".join([*played.wrong, *played.transcript])

"""The telephone's endpoints on a loopback port."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.serving import Served, served

from .phone_app import FakeParts, make_app


@pytest.fixture
def parts() -> FakeParts:
    return FakeParts()


@pytest.fixture
async def app(parts: FakeParts) -> AsyncIterator[Served]:
    async with served(make_app(parts)) as running:
        yield running

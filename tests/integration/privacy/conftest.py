"""An office on a database of its own, with a caller whose number must be nowhere."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.bootstrap import Office, open_office
from vartalaap.config import load_settings
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.text_call import TextCall
from vartalaap.dialogue.rule_brain import LocalBrain

CALLER = PhoneNumber("+919876501234")
GIVEN = PhoneNumber("+919811112222")
"""The number that the caller gives for the booking."""
KEYS = {"phone_encryption_key": "ab" * 32, "phone_hash_pepper": "p" * 32}
ROTATED = {
    "phone_encryption_key": "cd" * 32,
    "phone_encryption_key_id": "2",
    "phone_encryption_keys_old": "1:" + "ab" * 32,
    "phone_hash_pepper": "q" * 32,
    "phone_hash_pepper_old": "p" * 32,
}
BOOKING = ("a table for two tomorrow at 8 pm", "Anil", "9811112222", "yes")
BRAIN = LocalBrain()

OpenOffice = Callable[..., AbstractAsyncContextManager[Office]]


@pytest.fixture
def office_with(url: str, tmp_path: Path) -> OpenOffice:
    """Opens an office on the test's database with these settings: each time as a server restarted a minute later."""
    minutes = itertools.count()

    @asynccontextmanager
    async def opened(**settings: object) -> AsyncIterator[Office]:
        given = load_settings(data_dir=tmp_path, database_url=url, **(settings or KEYS))
        async with open_office(given, Clock(TEST_NOW + timedelta(minutes=next(minutes)))) as office:
            await office.businesses.put(test_business())
            yield office

    return opened


@pytest.fixture
async def office(office_with: OpenOffice) -> AsyncIterator[Office]:
    async with office_with() as office:
        yield office


async def text_call(
    office: Office,
    *words: str,
    call_id: str = "call-1",
    caller: PhoneNumber | None = CALLER,
    business: Business | None = None,
) -> TextCall:
    """A whole call in writing with the local brain, stored; where a messenger is at hand."""
    context = await office.context(business or test_business(), call_id, caller, "text")
    context.can_message = True
    call = TextCall(context, BRAIN, office.call_log)
    await call.greet()
    for said in words:
        await call.say(said)
    await call.finish()
    return call

"""Messages that were given up: shown without their words, and tried again at the owner's wish."""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI
from sqlalchemy import select

from tests.integration.admin.conftest import browser, history
from tests.support.api import ADMIN
from vartalaap.bootstrap import Office
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.models import OutboxRow
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.outbox import Outbox


async def test_a_dead_message_is_shown_masked_and_sent_again_once(app: FastAPI, office: Office) -> None:
    outbox = Outbox(office.database, office.vault, office.clock)
    asked = FollowUpList(office.database, office.vault, office.clock, outbox)
    await asked.ask_person("himalayan-kitchen", "c-1", "question", "Parking?", PhoneNumber("+919811122233"))
    async with office.database.write() as session:
        rows = (await session.scalars(select(OutboxRow))).all()
        letter = next(row.id for row in rows if row.kind == "follow_up")
        for row in rows:
            row.status, row.error = ("dead", "131026") if row.id == letter else ("sent", None)
    app.state.parts.office = replace(office, outbox=outbox)
    owner = browser(app)
    await owner.log_in()
    shown = (await owner.open("/admin/follow-ups")).text
    assert "Messages that could not be sent" in shown
    assert "Answer to a caller" in shown
    assert "98XXXX2233" in shown
    assert "131026" in shown
    assert "9811122233" not in shown
    again = [(await owner.send(f"/admin/messages/{letter}")).headers["Location"] for _ in range(2)]
    assert ["message_again" in place for place in again] == [True, False]
    (noted,) = await history(office, "retry")
    assert (noted.actor, noted.ip, noted.entity) == (f"admin:{ADMIN}", "10.0.0.5", "outbox_messages")
    assert "Messages that could not be sent" not in (await owner.open("/admin/follow-ups")).text

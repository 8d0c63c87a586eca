"""Which brain answers callers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from ..config import ModelSettings
from ..core.ports import Brain
from ..dialogue.llm.conversation import ModelBrain
from ..dialogue.llm.hybrid import HybridBrain
from ..dialogue.rule_brain import LocalBrain
from ..services.llm.client import ChatClient, ChatDeadlines


@asynccontextmanager
async def open_brain(settings: ModelSettings) -> AsyncIterator[Brain]:
    """The brain that `BRAIN` names; with a model, a connection to its server is opened."""
    chosen = settings.chosen_brain
    if chosen == "local":
        yield LocalBrain()
        return
    keys = [key.get_secret_value() for key in settings.groq_api_key] or [""]
    deadlines = ChatDeadlines(first=settings.groq_first_token_ms / 1000)
    async with aclosing(ChatClient(settings.groq_base_url, keys, settings.groq_models, deadlines)) as model:
        await model.warm()
        kind = HybridBrain if chosen == "hybrid" else ModelBrain
        yield kind(model, ahead=settings.groq_asked_ahead)

"""In place of a carrier: says in the log which message would have gone, and of what kind."""

from __future__ import annotations

from loguru import logger

from ...core.messages import Message

PREFIX = "dry-run:"


class DryRun:
    """`core.messages.Messenger` that sends nothing; `vartalaap messages show` has what it would have been."""

    async def send(self, message: Message) -> str:
        logger.info("dry run: a message would be sent", message=message.id, kind=message.kind)
        return f"{PREFIX}{message.id}"

    async def aclose(self) -> None:
        """Nothing was opened."""

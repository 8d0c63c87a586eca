"""Is it alive, is it able to take a call, and how are the calls? Without login (R03)."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from ... import __version__
from ...bootstrap import Running

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str = __version__


class Readiness(BaseModel):
    ready: bool
    reason: Literal["draining", "dependencies"] | None = None
    """Why not: the process is going and takes no other call, or something is missing."""
    calls: int
    """Calls going on in this process."""
    dependencies: dict[str, str]
    """By name: `ok`, or a sentence that says what is wrong."""
    warnings: list[str]
    """What does not keep calls from being served, and should be seen to."""


@router.get("/health")
async def health() -> Health:
    """The process answers."""
    return Health()


@router.get(
    "/health/ready",
    responses={503: {"model": Readiness, "description": "Something is missing, or the process is going"}},
)
async def ready(parts: Running, response: Response) -> Readiness:
    """Each dependency and its state; 503 if what no call can do without is missing, or the process is going."""
    found = await parts.health.check()
    missing = [one for one in found if one.found != "ok"]
    reason: Literal["draining", "dependencies"] | None = None
    if parts.calls.draining:
        reason = "draining"
    elif any(one.essential for one in missing):
        reason = "dependencies"
    response.status_code = 503 if reason else 200
    return Readiness(
        ready=reason is None,
        reason=reason,
        calls=len(parts.calls),
        dependencies={one.name: one.found for one in found},
        warnings=[f"{one.name}: {one.found}" for one in missing if not one.essential],
    )


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(parts: Running) -> PlainTextResponse:
    """Counts and response times for Prometheus; nothing of any caller."""
    return PlainTextResponse(parts.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

"""Which language the console speaks."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from ..pages import go, local_path
from ..visitor import TODAY, is_https
from ..words import LANGUAGE_COOKIE

A_YEAR_S = 365 * 24 * 3600

router = APIRouter()


@router.get("/language/{language}")
async def choose(request: Request, language: Literal["en", "hi"], back: str = TODAY) -> Response:
    """Remember the choice in this browser, and go back."""
    answer = go(local_path(back, TODAY))
    answer.set_cookie(
        LANGUAGE_COOKIE, language, path="/admin", max_age=A_YEAR_S, secure=is_https(request), samesite="lax"
    )
    return answer

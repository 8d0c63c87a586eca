"""The page of the browser phone at `/`, and the files it loads."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Message, Receive, Scope, Send

from ...bootstrap import Running
from ...core.business import Business, OpenSpan
from ..deps import may_use_phone

_HERE = Path(__file__).parent.parent
_TEMPLATES = Jinja2Templates(_HERE / "templates")

EXAMPLES = (
    ("hi", "कल शाम सात बजे चार लोगों के लिए टेबल चाहिए"),
    ("en-IN", "Aaj raat do logon ki table mil jaayegi?"),
    ("en-IN", "What time do you close on Sunday?"),
    ("hi", "मेन्यू में शाकाहारी क्या-क्या है?"),
    ("en-IN", "Can I speak to someone, please?"),
)
"""Sentences to try, each with the language tag of its script."""

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "microphone=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

router = APIRouter()


@router.get("/", include_in_schema=False)
async def phone_page(request: Request, parts: Running) -> Response:
    """The browser phone; 404 where it is off, the console's login where one is needed."""
    if not parts.settings.browser_phone:
        raise HTTPException(status_code=404)
    if not await may_use_phone(request, parts):
        return RedirectResponse("/admin/login?next=/", status_code=303)
    business = parts.business
    now = parts.clock.now().astimezone(business.tz)
    return _TEMPLATES.TemplateResponse(
        request,
        "phone.html",
        {
            "business": business,
            "open_now": is_open(business, now),
            "hours": hours_in_words(business, now),
            "examples": EXAMPLES,
        },
        headers=PAGE_HEADERS,
    )


def mount_static(app: FastAPI) -> None:
    """Serve the page's style and scripts at `/static`."""
    app.mount("/static", _Revalidated(StaticFiles(directory=_HERE / "static")), name="static")


class _Revalidated:
    """Browsers ask each time whether a file has changed, so that a page never mixes files of two versions."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-cache"
            await send(message)

        await self._files(scope, receive, send_with_header)


def is_open(business: Business, now: datetime) -> bool:
    """Is `now` (local, aware) inside a shift, one that began yesterday included?"""
    for day in (now.date(), now.date() - timedelta(days=1)):
        for span in business.open_spans(day):
            start, end = span.on(day, business.tz)
            if start <= now < end:
                return True
    return False


def hours_in_words(business: Business, now: datetime) -> str:
    """Today's shifts as `11:00 am – 10:30 pm`; on a closed day, when it opens next within a week."""
    today = now.date()
    if spans := business.open_spans(today):
        return "Today " + ", ".join(f"{_clock(s.start)} – {_clock(s.end)}" for s in spans)
    for ahead in range(1, 8):
        day = today + timedelta(days=ahead)
        if spans := business.open_spans(day):
            return f"Closed today, opens {'tomorrow' if ahead == 1 else f'{day:%A}'} at {_clock(_first(spans).start)}"
    return "Closed at present"


def _first(spans: tuple[OpenSpan, ...]) -> OpenSpan:
    return min(spans, key=lambda span: span.start)


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % (24 * 60), 60)
    return f"{hour % 12 or 12}:{rest:02d} {'am' if hour < 12 else 'pm'}"

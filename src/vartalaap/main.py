"""The web application: `create_app(settings)`. Everything is opened and closed by its lifespan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from loguru import logger
from starlette.routing import BaseRoute, Mount

from . import __version__
from .admin import mount_console
from .api.error_handlers import add_error_handlers
from .api.middleware import add_middleware, security_headers
from .api.routes import (
    availability,
    book,
    call_report,
    docs,
    health,
    phone_page,
    plivo_webhook,
    resources,
    twilio,
    whatsapp_webhook,
)
from .api.websocket import audio_stream, browser_phone
from .bootstrap import Parts, build, login_hint
from .config import Settings, load_settings
from .core.doubts import doubts
from .logging_config import configure_logging
from .tasks.messages import sending

LAST_RECORDS_SECONDS = 5.0
"""How long the records of calls may take that are cut by the end of the server."""


def announce(parts: Parts) -> None:
    """Where everything is, and what somebody who started it for the first time should know."""
    if unsure := len(doubts(parts.business)):
        logger.warning("`vartalaap business check` warns of {} place(s) in the business", unsure)
    login = login_hint(parts.admin, parts.admin_password_file)
    url, environment = parts.settings.reachable_url, parts.settings.environment
    logger.info("ready", url=url, environment=environment, console=f"{url}/admin", login=login)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open database, models and voices; on the way out end what calls there still are, then close everything."""
    settings: Settings = app.state.settings
    async with build(settings) as parts:
        app.state.parts = parts
        prepare_routes(app.routes)
        async with sending(parts.office.outbox, parts.office.opt_outs, parts.messenger, parts.workers):
            yield
            await parts.calls.close(LAST_RECORDS_SECONDS)


def prepare_routes(routes: Sequence[BaseRoute]) -> None:
    """The framework makes a route ready when it is first looked at, a fifth of a second for all: not during a call."""
    for route in routes:
        for kind in ("http", "websocket"):
            route.matches({"type": kind, "method": "GET", "path": "/nowhere", "root_path": "", "headers": []})
        if isinstance(route, Mount):
            prepare_routes(route.routes)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; settings come from the environment unless given."""
    settings = settings or load_settings()
    configure_logging(settings.log_level)
    app = FastAPI(
        title="Vartalaap",
        version=__version__,
        summary="A telephone receptionist for small Indian businesses.",
        lifespan=lifespan,
        docs_url=None,  # the framework's pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # a redirect would lead to whatever host the request named
    )
    app.state.settings = settings
    add_middleware(app, settings)
    add_error_handlers(app, security_headers(settings))
    app.include_router(docs.router)
    app.include_router(health.router)
    app.include_router(plivo_webhook.router)
    app.include_router(whatsapp_webhook.router)
    app.include_router(audio_stream.router)
    app.include_router(availability.router)
    app.include_router(book.router)
    app.include_router(resources.router)
    if settings.twilio_auth_token:
        app.include_router(twilio.router)
    if settings.browser_phone:
        app.include_router(phone_page.router)
        app.include_router(browser_phone.router)
        phone_page.mount_static(app)
    if settings.environment == "development":
        app.include_router(call_report.router)
    mount_console(app)
    return app

"""The application as it is put together."""

from __future__ import annotations

import time

from starlette.routing import BaseRoute

from vartalaap.config import load_settings
from vartalaap.main import create_app, prepare_routes


def looked_for(path: str, routes: list[BaseRoute]) -> float:
    """Seconds of the processor to find that no route has this path."""
    began = time.process_time()
    for route in routes:
        route.matches({"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []})
    return time.process_time() - began


def test_the_first_request_is_no_slower_than_another() -> None:
    app = create_app(load_settings(environment="development"))
    prepare_routes(app.routes)
    assert looked_for("/nowhere/at/all", app.routes) < 0.02

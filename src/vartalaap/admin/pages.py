"""From a template to an answer: words in the visitor's language, and headers that let nothing foreign in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from starlette.responses import RedirectResponse
from starlette.templating import Jinja2Templates

from .visitor import TODAY, Visitor
from .words import LANGUAGE_COOKIE, Words, language_of

_HERE = Path(__file__).parent
_TEMPLATES = Jinja2Templates(_HERE / "templates")
_TEMPLATES.env.trim_blocks = True
_TEMPLATES.env.lstrip_blocks = True

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}


def words_for(request: Request) -> Words:
    """In the language that was chosen, else the browser's."""
    return Words(language_of(request.cookies.get(LANGUAGE_COOKIE, ""), request.headers.get("Accept-Language", "")))


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    visitor: Visitor | None = None,
    *,
    status: int = 200,
) -> Response:
    """The rendered page. A `notice` of the query is shown if it is one of ours."""
    words = words_for(request)
    notice = request.query_params.get("notice", "")
    context = {
        "t": words,
        "visitor": visitor,
        "path": request.url.path,
        "here": _here(request),
        "version": _version_of_files(),
        "notice": f"notice.{notice}" if words.has(f"notice.{notice}") else "",
        **values,
    }
    return _TEMPLATES.TemplateResponse(request, template, context, status_code=status, headers=HEADERS)


def error_page(request: Request, status: int) -> Response:
    """What went wrong, in a sentence."""
    kind = status if words_for(request).has(f"error.{status}") else 500 if status >= 500 else 400
    return page(request, "error.html", {"status": status, "sentence": f"error.{kind}"}, status=status)


def go(path: str, **query: object) -> Response:
    """To a page of ours, after a change; reloading it changes nothing again."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return RedirectResponse(f"{path}?{urlencode(given)}" if given else path, status_code=303)


def local_path(text: str, otherwise: str) -> str:
    """A place within the console, or the trial phone, whatever a stranger's link says."""
    if text == "/":
        return text
    return text if text.startswith("/admin/") and not set(text) & set("\\\r\n\t") and "//" not in text else otherwise


@cache
def _version_of_files() -> str:
    """In the URLs of style and script, so that browsers keep them until they change."""
    files = sorted((_HERE / "static").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _here(request: Request) -> str:
    """Where a change of language leads back to, without its notice; what answers a form cannot be asked for again."""
    if request.method != "GET":
        return TODAY
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "notice"]
    return request.url.path + (f"?{urlencode(rest)}" if rest else "")

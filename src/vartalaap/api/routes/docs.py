"""The API's description for people at `/docs`: one page from the OpenAPI document, without scripts or foreign files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse
from starlette.templating import Jinja2Templates

_HERE = Path(__file__).parent.parent
_TEMPLATES = Jinja2Templates(_HERE / "templates")
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
}

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Each operation with what it takes and gives; `/openapi.json` has the same for programs."""
    document: dict[str, Any] = request.app.openapi()
    return _TEMPLATES.TemplateResponse(
        request, "docs.html", {"api": document, "groups": by_tag(document)}, headers=_HEADERS
    )


@router.get("/docs.css")
async def style() -> Response:
    """The page's style."""
    return FileResponse(_HERE / "static" / "docs.css", headers={"Cache-Control": "no-cache"})


def by_tag(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations in the document's order, each ready to be shown."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["other"])[0]
            groups.setdefault(tag, []).append(_operation(document, method, path, operation))
    return groups


def _operation(document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    parameters = [
        {"name": p["name"], "in": p["in"], "required": p.get("required", False), **_described(p["schema"], p)}
        for p in operation.get("parameters", ())
    ]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "login": bool(operation.get("security")),
        "parameters": parameters,
        "body": [field for kind in list(body.values())[:1] for field in _fields(document, kind.get("schema", {}))],
        "answers": [(status, answer["description"]) for status, answer in operation["responses"].items()],
    }


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of an object, of which a reference may lead to the schema."""
    if reference := schema.get("$ref"):
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "body", "required": name in required, **_described(field, field)}
        for name, field in schema.get("properties", {}).items()
    ]


def _described(schema: Mapping[str, Any], described: Mapping[str, Any]) -> dict[str, str]:
    return {"type": _kind(schema), "description": described.get("description", "")}


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: `integer`, `confirmed | cancelled`, `list of text`."""
    if choices := schema.get("anyOf"):
        return " | ".join(_kind(choice) for choice in choices)
    if values := schema.get("enum"):
        return " | ".join(map(str, values))
    if reference := schema.get("$ref"):
        return str(reference).rpartition("/")[2]
    kind = str(schema.get("format") or schema.get("type", "any"))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return {"string": "text", "object": "mapping"}.get(kind, kind)

"""From a table, its schemas and its store to typed, documented routes: create, list, read, change, delete.

The store decides what a change means: reservations go through the desk's rules, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Protocol, Union

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import SkipJsonSchema
from sqlmodel import SQLModel

from ...bootstrap import Parts, Running
from ...core.booking.book import Actor
from ...core.business import IsoDate
from ...schemas.common import ErrorAnswer, Page
from ..deps import LoggedIn

MOST_ITEMS = 200
Answers = dict[int | str, dict[str, Any]]
COMMON_ANSWERS: Answers = {
    401: {"model": ErrorAnswer, "description": "No key, or a wrong one"},
    413: {"model": ErrorAnswer, "description": "The request is too large"},
    422: {"model": ErrorAnswer, "description": "The request is malformed; `fields` names what is wrong"},
    429: {
        "model": ErrorAnswer,
        "description": "Too many requests of this key or address",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds until one is served"}},
    },
    503: {"model": ErrorAnswer, "description": "The database does not answer; may be repeated"},
}
NOT_FOUND: Answers = {404: {"model": ErrorAnswer, "description": "There is none with this id"}}
CONFLICT: Answers = {
    409: {"model": ErrorAnswer, "description": "A rule refuses (`rule` names it), or somebody else changed it first"}
}
IfMatch = Annotated[
    str,
    Header(alias="If-Match", pattern=r'^(\*|"?[0-9]{1,9}"?)?$', description="The version that was read; else any"),
]


class Store(Protocol):
    """What the routes of one resource do. Each method may raise the errors of `vartalaap.errors`."""

    async def page(
        self, filters: Mapping[str, Any], sort: str, limit: int, offset: int
    ) -> tuple[list[BaseModel], int]: ...

    async def get(self, key: Any) -> BaseModel: ...

    async def add(self, given: Any, actor: Actor, idempotency_key: str | None) -> BaseModel: ...

    async def patch(self, key: Any, given: Any, version: int | None, actor: Actor) -> BaseModel: ...

    async def remove(self, key: Any, version: int | None, actor: Actor) -> None: ...


@dataclass(frozen=True, slots=True)
class Resource:
    """What the routes are made from."""

    path: str
    """Plural, as in the URL."""
    one: str
    """Singular, in words."""
    table: type[SQLModel]
    store: Callable[[Parts], Store]
    read: type[BaseModel]
    create: type[BaseModel] | None = None
    """Without it (and without `patch`) the resource can only be read."""
    patch: type[BaseModel] | None = None
    filters: tuple[str, ...] = ()
    """Columns to filter by; `x_from` and `x_to` for ranges of x."""
    sort: tuple[str, ...] = ("id",)
    """Columns to sort by; the first is the default, `-` before it turns it round."""
    key: Any = Annotated[str, Path(alias="id", pattern=r"^[A-Za-z0-9_.:@-]{1,128}$")]
    idempotent: bool = False
    """Does creating honour an Idempotency-Key?"""


def crud_router(resource: Resource) -> APIRouter:
    """The routes of one resource."""
    router = APIRouter(prefix=f"/{resource.path}", tags=[resource.path], responses=COMMON_ANSWERS)
    _add_reading(router, resource)
    if resource.create:
        _add_creating(router, resource)
    if resource.patch:
        _add_changing(router, resource)
    return router


def _add_reading(router: APIRouter, resource: Resource) -> None:
    async def listed(parts: Running, _: LoggedIn, query: Any) -> Any:
        wanted = query.model_dump()
        sort, limit, offset = wanted.pop("sort"), wanted.pop("limit"), wanted.pop("offset")
        items, total = await resource.store(parts).page(wanted, sort, limit, offset)
        return Page(items=items, total=total, limit=limit, offset=offset)

    async def read(parts: Running, _: LoggedIn, key: Any, response: Response) -> Any:
        return _tagged(response, await resource.store(parts).get(key))

    _type(listed, query=Annotated[_query_model(resource), Query()])
    _type(read, key=resource.key)
    page: Any = Page[resource.read]  # type: ignore[name-defined]  # a type that is known only now
    router.get("", response_model=page, summary=f"List {resource.path}", operation_id=_id("list", resource))(listed)
    router.get(
        "/{id}",
        response_model=resource.read,
        summary=f"Read a {resource.one}",
        operation_id=_id("read", resource),
        responses=NOT_FOUND,
    )(read)


def _add_creating(router: APIRouter, resource: Resource) -> None:
    async def create(parts: Running, actor: LoggedIn, given: Any, request: Request, response: Response) -> Any:
        key = request.headers.get("Idempotency-Key") if resource.idempotent else None
        made = await resource.store(parts).add(given, actor, key)
        response.headers["Location"] = f"/{resource.path}/{made.id}"  # type: ignore[attr-defined]
        return _tagged(response, made)

    _type(create, given=resource.create)
    router.post(
        "",
        status_code=201,
        response_model=resource.read,
        summary=f"Create a {resource.one}",
        operation_id=_id("create", resource),
        responses={**NOT_FOUND, **CONFLICT},
        openapi_extra={"parameters": [_IDEMPOTENCY_KEY]} if resource.idempotent else None,
    )(create)


def _add_changing(router: APIRouter, resource: Resource) -> None:
    async def change(
        parts: Running, actor: LoggedIn, key: Any, given: Any, response: Response, if_match: IfMatch = ""
    ) -> Any:
        return _tagged(response, await resource.store(parts).patch(key, given, version_in(if_match), actor))

    async def remove(parts: Running, actor: LoggedIn, key: Any, if_match: IfMatch = "") -> None:
        await resource.store(parts).remove(key, version_in(if_match), actor)

    _type(change, key=resource.key, given=resource.patch)
    _type(remove, key=resource.key)
    answers = {**NOT_FOUND, **CONFLICT}
    router.patch(
        "/{id}",
        response_model=resource.read,
        summary=f"Change a {resource.one}",
        operation_id=_id("change", resource),
        responses=answers,
    )(change)
    router.delete(
        "/{id}",
        status_code=204,
        summary=f"Delete a {resource.one}",
        operation_id=_id("delete", resource),
        responses=answers,
    )(remove)


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same body gives the same booking, however often it is sent; 422 with another",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def _query_model(resource: Resource) -> type[BaseModel]:
    """Paging, order and filters as one model of query parameters, typed by the table's columns."""
    orders = tuple(sign + name for name in resource.sort for sign in ("", "-"))
    fields: dict[str, Any] = {
        "limit": (int, Field(50, ge=1, le=MOST_ITEMS)),
        "offset": (int, Field(0, ge=0, le=1_000_000)),
        "sort": (Literal[orders], resource.sort[0]),
    }
    for name in resource.filters:
        kind = resource.table.model_fields[name.removesuffix("_from").removesuffix("_to")].annotation
        fields[name] = (_FILTERS.get(kind, _FILTERS[str]), None)
    return create_model(f"{_id('list', resource)}_query", __config__=ConfigDict(extra="forbid"), **fields)


def _or_nothing(kind: Any) -> Any:
    """None stands for no filter; nobody can send it, so the schema does not show it."""
    return Union[kind, SkipJsonSchema[None]]  # type: ignore[misc]  # noqa: UP007 - `|` takes no variable


_FILTERS: dict[Any, Any] = {
    str: _or_nothing(Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]),
    int: _or_nothing(Annotated[int, Field(ge=0, le=2**31 - 1)]),
    bool: _or_nothing(bool),
    date: _or_nothing(IsoDate),
}
"""What a filter by a column of this type takes."""


def _type(handler: Callable[..., Any], **annotations: Any) -> None:
    """Give parameters the types that are known only now; FastAPI reads them when the route is added."""
    handler.__annotations__.update(annotations)


def _id(verb: str, resource: Resource) -> str:
    return f"{verb}_{resource.path if verb == 'list' else resource.one}".replace("-", "_").replace(" ", "_")


def version_in(if_match: str) -> int | None:
    """The version that an If-Match names; None for any."""
    return None if if_match in ("", "*") else int(if_match.strip('"'))


def _tagged(response: Response, shown: BaseModel) -> BaseModel:
    version = getattr(shown, "version", None)
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return shown

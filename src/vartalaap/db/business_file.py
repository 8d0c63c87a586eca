"""A business from its YAML file, with errors that name the line and the field."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from ..core.business import Business
from ..core.doubts import doubts
from ..errors import ConfigurationError
from ..shipped import DEMO_BUSINESS
from .yaml_text import NotYaml, YamlText


class WrongBusinessFile(ConfigurationError):
    """`mistakes` has a line for each, `file:line: field: what is wrong`; the message is the first of them."""

    def __init__(self, path: str, mistakes: tuple[str, ...]) -> None:
        more = f" (and {len(mistakes) - 1} more: vartalaap business check {path})" if len(mistakes) > 1 else ""
        super().__init__(mistakes[0] + more)
        self.mistakes = mistakes


def load_business(path: Path) -> Business:
    """Read and validate. Raises `ConfigurationError`, of mistakes in the file `WrongBusinessFile`."""
    return parse_business(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Raises `ConfigurationError`, which names the file wherever the reader of it stands."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        copy = f"copy {DEMO_BUSINESS} there, and change it"
        raise ConfigurationError(f"{path.absolute()}: there is no such file; {copy}") from None
    except OSError as error:
        raise ConfigurationError(f"{path.absolute()}: cannot be read ({error.strerror}); name a YAML file") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path.absolute()}:{line}: is not UTF-8 text; save it as UTF-8") from None


def dump_business(business: Business) -> str:
    """The YAML that `parse_business` reads back as the same business."""
    return yaml.safe_dump(business.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=120)


def parse_business(text: str, path: str) -> Business:
    """The business that this YAML describes; `path` is what errors call it."""
    return _read(text, path)[0]


def check_business(path: Path) -> tuple[Business, tuple[str, ...]]:
    """The business, and a line for each place that is allowed and was hardly meant. Raises as `load_business`."""
    business, read = _read(read_text(path), str(path))
    found = sorted((read.line(doubt.path), f"{_dotted(doubt.path)}: {doubt.sentence}") for doubt in doubts(business))
    return business, tuple(f"{path}:{line}: {sentence}" for line, sentence in found)


def _read(text: str, path: str) -> tuple[Business, YamlText]:
    try:
        read = YamlText(text)
    except NotYaml as error:
        raise WrongBusinessFile(path, (f"{path}:{error.line}: {error.problem}",)) from None
    if not isinstance(read.data, Mapping):
        found = "is empty" if read.data is None else "does not consist of fields like `name: Himalayan Kitchen`"
        raise WrongBusinessFile(path, (f"{path}:1: {found}; begin with a copy of {DEMO_BUSINESS}",))
    try:
        return Business.model_validate(read.data), read
    except ValidationError as wrong:
        mistakes = (
            f"{path}:{read.line(mistake['loc'])}: {_dotted(mistake['loc'])}: {_sentence(mistake)}"
            for mistake in wrong.errors(include_input=False, include_url=False)
        )
        raise WrongBusinessFile(path, tuple(mistakes)) from None


def _dotted(path: tuple[int | str, ...]) -> str:
    return ".".join(map(str, path))


def _sentence(mistake: Mapping[str, Any]) -> str:
    match mistake["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            known = sorted(_fields_beside(mistake["loc"]))
            near = difflib.get_close_matches(str(mistake["loc"][-1]).lower(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            return f"there is no such field; {hint}"
        case _:
            return str(mistake["msg"]).removeprefix("Value error, ")


def _fields_beside(path: tuple[int | str, ...]) -> set[str]:
    """The fields of the model in which the last step of `path` is none."""
    model: type[BaseModel] = Business
    for step in path[:-1]:
        if isinstance(step, str):
            named = {field.alias or name: field for name, field in model.model_fields.items()}
            model = next(_models_of(named[step].annotation))
    return {field.alias or name for name, field in model.model_fields.items()}


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """`MenuItem` of `tuple[MenuItem, ...]`, `OperatingHours` of `OperatingHours | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_of(part)

"""A business from its YAML file, with errors that name the line and the field."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from ..core.business import Business
from ..errors import ConfigurationError


class _Loader(yaml.SafeLoader):
    """Leaves dates as text: the model reads them, and a 30th of February is reported with its field and line."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_business(path: Path) -> Business:
    """Read and validate; `ConfigurationError` has one line for each mistake: `file:line: field: what is wrong`."""
    return parse_business(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Raises `ConfigurationError`."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: is not UTF-8 text") from None


def dump_business(business: Business) -> str:
    """The YAML that `parse_business` reads back as the same business."""
    return yaml.safe_dump(business.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=120)


def parse_business(text: str, path: str) -> Business:
    """The business that this YAML describes; `path` is what errors call it."""
    try:
        tree = yaml.compose(text, _Loader)
        data = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise ConfigurationError(f"{path}:{line}: {getattr(error, 'problem', 'is not YAML')}") from None
    try:
        return Business.model_validate(data)
    except ValidationError as wrong:
        raise ConfigurationError(
            "\n".join(
                f"{path}:{_line(tree, mistake['loc'])}: {'.'.join(map(str, mistake['loc'])) or 'file'}: "
                f"{mistake['msg'].removeprefix('Value error, ')}"
                for mistake in wrong.errors()
            )
        ) from None


def _line(node: yaml.Node | None, path: tuple[int | str, ...]) -> int:
    """The line, from 1, of the deepest part of `path` that the file has."""
    line = node.start_mark.line if node else 0
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1

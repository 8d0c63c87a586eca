"""YAML with the line of everything in it; whatever is wrong with it is one sentence with its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

DEEPEST = 32
"""Levels; an owner's file has six. PyYAML calls itself for each, and Python's stack ends."""


class NotYaml(ValueError):
    """The text cannot be read; `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


class YamlText:
    """What a text says, and where. Raises `NotYaml`."""

    def __init__(self, text: str) -> None:
        try:
            loader = _Loader(text)
            self._tree = loader.get_single_node()
            self.data: object = loader.construct_document(self._tree) if self._tree else None
        except ReaderError as error:
            raise NotYaml(text.count("\n", 0, error.position) + 1, "has a character that no text has") from None
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = ", ".join(part for part in (error.context, error.problem) if part)
            raise NotYaml(mark.line + 1 if mark else 1, problem or "is no YAML") from None

    def line(self, path: Sequence[int | str]) -> int:
        """The line, from 1, of the deepest part of `path` that the text has."""
        node = self._tree
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


class _Loader(yaml.SafeLoader):
    """Leaves dates as text: the model reads them, and a 30th of February is reported with its field and line."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.depth >= DEEPEST:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise MarkedYAMLError(problem=f"nests deeper than {DEEPEST} levels", problem_mark=mark)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Of a key that is given twice YAML takes the last, and the owner may have meant the first."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        keys: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and (first := keys.setdefault(key.value, key)) is not key:
                problem = f"{key.value} is given twice, first in line {first.start_mark.line + 1}; remove one"
                raise MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, TypeError, AttributeError):  # a number of 5,000 digits, `!!bool perhaps`
            problem = f"has a value that cannot be read as {node.tag.rpartition(':')[2]}"
            raise ConstructorError(None, None, problem, node.start_mark) from None


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

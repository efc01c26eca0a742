"""Reads a YAML file of the company folder into plain values, and remembers their lines.

Belongs here: YAML as a format (syntax, duplicate keys, lines). Does not: which keys exist.

All scalars come out as the text that was typed, or None for an empty one and for null: the types
of the models decide what a text means. So `NO` is no boolean, `17:00` no number of minutes and
`007` keeps its zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from orchestration.company.problems import Location, Problem, dotted, quoted
from orchestration.company.text_file import FileRefusedError, read_text, unprintable

# The C parser is ten times as fast; both say the same.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MOST_LEVELS = 50
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class YamlFile:
    """A YAML file as read: its values and where each of them stands."""

    name: str
    data: Any = None
    lines: dict[Location, int] = field(default_factory=dict)

    def line_of(self, location: Sequence[str | int]) -> int | None:
        """Return the line of a location, else of the nearest location around it."""
        parts = tuple(location)
        while parts and parts not in self.lines:
            parts = parts[:-1]
        return self.lines.get(parts)

    def value_at(self, location: Sequence[str | int]) -> Any:
        """Return the value at a location as it was written, or None."""
        value = self.data
        for part in location:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def problem(
        self,
        location: Sequence[str | int],
        message: str,
        *,
        allowed: str | None = None,
        fix: str,
    ) -> Problem:
        """Make a problem at a location, with its line and its value as written."""
        return Problem(
            file=self.name,
            line=self.line_of(location),
            key=dotted(location),
            value=quoted(self.value_at(location)),
            message=message,
            allowed=allowed,
            fix=fix,
        )


def _refuse_hiding(text: str, name: str) -> None:
    """Refuse what hides the meaning of a file, and levels without end, before building anything."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        message = None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "anchors (& and *) are not used here"
        elif getattr(event, "tag", None):
            message = "tags (!) are not used here"
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_LEVELS:
            message = "is nested too deeply"
        if message is not None:
            line = event.start_mark.line + 1 if event.start_mark else None
            fix = "write the values out; a text that starts with one of [ { & * ! belongs in quotes"
            raise FileRefusedError(Problem(name, line, "", None, message, None, fix))


class _Reader:
    """Turns nodes into values, collecting lines and problems on the way."""

    def __init__(self, name: str) -> None:
        self.file = YamlFile(name)
        self.problems: list[Problem] = []

    def value(self, node: Node, location: Location) -> Any:
        self.file.lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self.mapping(node, location)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*location, n)) for n, item in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            return self.scalar(node, location)
        return None

    def mapping(self, node: MappingNode, location: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.refuse(location, line, None, "a key must be a text", "write a plain key")
                continue
            key = key_node.value
            inner = (*location, key)
            if key in values:
                first = self.file.lines[inner]
                self.refuse(
                    inner,
                    line,
                    None,
                    f"the key stands twice; first in line {first}",
                    "remove or rename one of the two",
                )
                continue
            self.check_text(key, location, line)
            self.file.lines[inner] = line
            values[key] = self.value(value_node, inner)
        return values

    def scalar(self, node: ScalarNode, location: Location) -> str | None:
        if not node.style and node.value in NULLS:
            return None
        self.check_text(node.value, location, node.start_mark.line + 1)
        return str(node.value)

    def check_text(self, text: str, location: Location, line: int) -> None:
        if unprintable(text):
            self.refuse(
                location, line, text, "holds an invisible control character", "type it again"
            )

    def refuse(
        self, location: Location, line: int, value: str | None, message: str, fix: str
    ) -> None:
        self.problems.append(
            Problem(self.file.name, line, dotted(location), quoted(value), message, None, fix)
        )


def read_yaml(path: Path, name: str) -> tuple[YamlFile | None, list[Problem]]:
    """Read a YAML file.

    Args:
        path: The file.
        name: Its name in messages.

    Returns:
        The file, or None when it cannot be used at all, and the problems found in it.
    """
    reader = _Reader(name)
    try:
        node = _compose(read_text(path, name), name)
        if node is None:
            problem = Problem(name, 1, "", None, "the file is empty", None, "write its keys")
            return None, [problem]
        data = reader.value(node, ())
    except FileRefusedError as refusal:
        return None, [refusal.problem]
    return YamlFile(name, data, reader.file.lines), reader.problems


def _compose(text: str, name: str) -> Node | None:
    try:
        _refuse_hiding(text, name)
        node: Node | None = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        raise FileRefusedError(_syntax_problem(text, name, error)) from None
    return node


def _syntax_problem(text: str, name: str, error: yaml.YAMLError) -> Problem:
    line = None
    message = "is not readable as YAML"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        message = f"{message}: {error.problem or error.context}"
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        message = f"{message}: it holds an invisible control character"
    fix = "check indentation, colons and quotes in this line and the one before"
    return Problem(name, line, "", None, message, None, fix)

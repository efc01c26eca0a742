"""Replaces ${NAME} in sources.yml by variables of the environment.

Belongs here: the replacement and what is said about variables that are missing. Does not: reading
the environment. No value of a variable is shown in a message from here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestration.company.problems import Location, Problem
from orchestration.company.yaml_file import YamlFile

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def replace_variables(file: YamlFile, variables: Mapping[str, str]) -> tuple[Any, list[Problem]]:
    """Return the content of a file with its variables replaced.

    Args:
        file: The file; stays as it is, so that messages show what was written.
        variables: The variables by name.

    Returns:
        The content (a text with a missing variable stays as written), and the problems.
    """
    problems: list[Problem] = []

    def replaced(value: Any, location: Location) -> Any:
        if isinstance(value, dict):
            return {key: replaced(inner, (*location, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [replaced(inner, (*location, n)) for n, inner in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        found = _variable_problems(file, location, value, variables)
        problems.extend(found)
        return value if found else VARIABLE.sub(lambda match: variables[match[1]], value)

    return replaced(file.data, ()), problems


def holds_variable(value: str) -> bool:
    """Say whether a text still holds the mark of a variable."""
    return "${" in value


def _variable_problems(
    file: YamlFile, location: Location, value: str, variables: Mapping[str, str]
) -> list[Problem]:
    whose = f" (source {location[1]!r})" if location[:1] == ("sources",) and location[1:] else ""
    problems = []
    for name in VARIABLE.findall(value):
        if not variables.get(name):
            problems.append(
                file.problem(
                    location,
                    f"the variable {name} is not set{whose}",
                    allowed="a variable of the environment",
                    fix=f"set {name} in the environment or in .env, for example {name}=/data/drop",
                )
            )
    if holds_variable(VARIABLE.sub("", value)):
        problems.append(
            file.problem(
                location,
                f"holds a '${{' that is no variable{whose}",
                allowed="${NAME} with letters, digits and underscores",
                fix="close the brace, or correct the name",
            )
        )
    return problems

"""What is wrong in a company folder, as a person who edits it needs to hear it.

Belongs here: the shape of a problem and the error that carries all of them. Does not: finding
problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MOST_VALUE_CHARACTERS = 80
MOST_KEY_CHARACTERS = 200

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing to correct.

    Attributes:
        file: File, relative to the company folder.
        line: Line in the file, where one line is to blame.
        key: Key (``stages[2].after``) or column; empty for the file as a whole.
        value: The value found, quoted, or None when there is none.
        message: What is wrong.
        allowed: What would be right, or None when the message says so.
        fix: What to do.
    """

    file: str
    line: int | None
    key: str
    value: str | None
    message: str
    allowed: str | None
    fix: str

    def __str__(self) -> str:
        """One line such as ``funnel.yml:12 stages[2].after = 'mqll': no such stage; ...``."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        if self.key:
            place = f"{place} {self.key}"
        if self.value is not None:
            place = f"{place} = {self.value}"
        parts = [f"{place}: {self.message}"]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        parts.append(f"fix: {self.fix}")
        return "; ".join(parts)


class CompanyInvalid(Exception):  # noqa: N818 (says what the company is)
    """The company folder cannot be used; carries every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems; their order is the order they are shown in."""
        self.problems: list[Problem] = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def quoted(value: Any) -> str | None:
    """Return a value as a message shows it: quoted, on one line, cut when long."""
    if value is None:
        return None
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    if len(text) > MOST_VALUE_CHARACTERS:
        text = text[:MOST_VALUE_CHARACTERS] + "..."
    return repr(text)


def dotted(location: Sequence[str | int]) -> str:
    """Return a location as a person writes it: ``stages[2].after``."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        shown = part if part.isprintable() else repr(part)[1:-1]
        text += f".{shown}" if text else shown
    return text if len(text) <= MOST_KEY_CHARACTERS else text[:MOST_KEY_CHARACTERS] + "..."

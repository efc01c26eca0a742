"""Reads a text file of the company folder.

Belongs here: what all files share: being there, being UTF-8. Does not: YAML or CSV.
"""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.company.problems import Problem

# Control characters but tab and line ends, and halves of characters.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class FileRefusedError(Exception):
    """A file cannot be read at all; carries the problem to show."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(str(problem))
        self.problem = problem


def read_text(path: Path, name: str, fix_if_missing: str | None = None) -> str:
    """Return the text of a file, without its byte order mark.

    Args:
        path: The file.
        name: Its name in messages.
        fix_if_missing: What to do when there is no such file.

    Raises:
        FileRefusedError: When it is missing, unreadable or not UTF-8.
    """

    def refusal(line: int | None, message: str, fix: str) -> FileRefusedError:
        return FileRefusedError(Problem(name, line, "", None, message, None, fix))

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        fix = fix_if_missing or "create it; the sample company in company/ shows how"
        raise refusal(None, "the file is missing", fix) from None
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise refusal(None, f"cannot be read: {reason}", "make it a readable file") from None
    save_as = "save the file with the encoding UTF-8 (in Excel: 'CSV UTF-8')"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(line, "is not encoded in UTF-8", save_as) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise refusal(line, "holds zero bytes, so it is not encoded in UTF-8", save_as)
    return text


def unprintable(text: str) -> bool:
    """Say whether a text holds control characters or halves of characters."""
    return UNPRINTABLE.search(text) is not None

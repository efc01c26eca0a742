"""Reads a secret from the environment, or from a file that the environment names.

Belongs here: where a secret may be, that nobody else can read the file, taking it out of a text.
Does not: using it.
A message from here names variables and files, never a value.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from orchestration.connectors.errors import FixConfiguration

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def has_secret(variables: Mapping[str, str], name: str) -> bool:
    """Whether a secret is given, itself or as a file."""
    return bool(variables.get(name) or variables.get(f"{name}_FILE"))


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """A text without any of these secrets."""
    for secret in sorted(filter(None, (item.strip() for item in secrets)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def read_secret(variables: Mapping[str, str], name: str) -> str:
    """Return a secret.

    Args:
        variables: The environment.
        name: Variable that holds it; `<name>_FILE` may name a file with it instead.

    Raises:
        FixConfiguration: When it is not there, or others can read the file.
    """
    if value := variables.get(name):
        return value.strip()
    if not (path := variables.get(f"{name}_FILE")):
        raise FixConfiguration(
            f"{name} is not set; set it, or {name}_FILE to a file (mode 0600) that holds it"
        )
    file = Path(path).expanduser()
    try:
        mode = file.stat().st_mode
        if mode & _OTHERS:
            raise FixConfiguration(
                f"{file} ({name}_FILE) has mode {stat.S_IMODE(mode):04o}, so others may read it; "
                f"chmod 600 {file}"
            )
        value = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise FixConfiguration(
            f"{file} ({name}_FILE) cannot be read: {type(error).__name__}"
        ) from None
    if not value:
        raise FixConfiguration(f"{file} ({name}_FILE) is empty")
    return value

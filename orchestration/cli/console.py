"""The terminal: one console for words, one for errors.

Belongs here: how things are written. Does not: what is written.
"""

from __future__ import annotations

from typing import NoReturn

import click
from rich.console import Console
from rich.markup import escape

console = Console(highlight=False)
error_console = Console(stderr=True, highlight=False)


def stop(message: str, code: int) -> NoReturn:
    """End the command with a message on standard error."""
    error_console.print(escape(message), style="red", soft_wrap=True)
    raise click.exceptions.Exit(code)

"""What commands that read the published marts share: the file, and words for a wrong name.

Belongs here: ending a command that has nothing to read. Does not: what is asked of the marts.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from orchestration.cli.console import stop
from orchestration.cli.exit_codes import RUN_FAILED, USAGE
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.settings import Settings


def marts_or_stop(settings: Settings) -> Path:
    """Return the published marts; end the command when nothing was published yet."""
    path = settings.current_dir / "marts.duckdb"
    if not path.exists():
        stop("Nothing is published here yet; `concord run` publishes a version.", RUN_FAILED)
    return path


def stop_unknown(what: str, given: str, allowed: Iterable[str]) -> NoReturn:
    """End the command: the name that was given is none of those there are."""
    names = list(allowed)
    hint = did_you_mean(given, names)
    stop(f"{what} {given!r}{f'; {hint}' if hint else '.'} Allowed: {listed(names)}.", USAGE)

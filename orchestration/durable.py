"""Files that are there whole or not at all, also after a power cut.

Belongs here: writing under another name, waiting for the disk, renaming. Does not: contents.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

UNFINISHED = ".tmp"


def write_durably(path: Path, write: Callable[[Path], None]) -> None:
    """Make a file by `write`, which gets the temporary path to write to."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    write(temporary)
    publish(temporary, path)


def publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name, durably."""
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_unfinished(folder: Path) -> list[Path]:
    """Remove what a killed pull left half written below a folder; returns what it was."""
    found = sorted(folder.rglob(f".*{UNFINISHED}")) if folder.is_dir() else []
    for path in found:
        path.unlink(missing_ok=True)
    return found

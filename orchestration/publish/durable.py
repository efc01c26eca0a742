"""Makes sure that what was written survives a power cut before anything points to it.

Belongs here: fsync. Does not: knowledge of version folders.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync_path(path: Path) -> None:
    """Write a file's content, or a folder's list of entries, through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Write everything under a folder, and the folder, through to the disk."""
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync_path(Path(parent) / name)
        sync_path(Path(parent))

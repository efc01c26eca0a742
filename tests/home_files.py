"""What lies in a home, to say that a command left it as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_digests(home: Path) -> dict[str, str]:
    """SHA-256 of every file by its path, links too."""
    return {
        str(path.relative_to(home)): (
            str(path.readlink())
            if path.is_symlink()
            else hashlib.sha256(path.read_bytes()).hexdigest()
        )
        for path in sorted(home.rglob("*"))
        if path.is_symlink() or path.is_file()
    }

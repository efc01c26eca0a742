"""Finds a dataset's files in the drop folder and tells whether a file stood still.

Belongs here: patterns, links, natural order of names, content hashes. Does not: what is in a file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestration.sources.file_drop.limits import HASH_CHUNK_BYTES, MAX_FILE_BYTES
from orchestration.sources.file_drop.model import FileRefusedError

# Files that programs leave beside the real ones while they are open or under way.
_UNFINISHED_PREFIXES = ("~$", ".")
_UNFINISHED_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", "~")


@dataclass(frozen=True)
class Fingerprint:
    """What must be the same before and after a file is read."""

    size: int
    modified_ns: int
    inode: int
    content_hash: str


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a sort key that puts `file_2` before `file_10`."""
    parts = (
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in re.split(r"([0-9]+)", name)
        if part
    )
    return tuple(parts), name


def find_files(folder: Path, pattern: str) -> list[str]:
    """Return the matching files, relative to the folder, in natural order of their names.

    Files that a program is still writing (hidden, `~$...`, `.part`) are left out. Links are
    listed; `resolve_inside` says where they lead.
    """
    shape = PurePosixPath(pattern)
    if shape.is_absolute() or ".." in shape.parts:
        raise FileRefusedError(
            f"the pattern {pattern!r} leads out of the drop folder",
            "write a pattern inside the folder under `files`",
        )
    if not folder.is_dir():
        raise FileRefusedError(
            f"the drop folder {folder} does not exist",
            "create it, or correct options.folder (or its variable) in sources.yml",
        )
    names = (
        path.relative_to(folder).as_posix()
        for path in folder.glob(pattern)
        if not _is_unfinished(path.name) and not path.is_dir()
    )
    return sorted(names, key=natural_key)


def _is_unfinished(name: str) -> bool:
    return name.startswith(_UNFINISHED_PREFIXES) or name.lower().endswith(_UNFINISHED_SUFFIXES)


def resolve_inside(folder: Path, name: str) -> Path:
    """Return the real path of a file, refusing what lies outside the folder or is no file."""
    try:
        real = (folder / name).resolve(strict=True)
        root = folder.resolve(strict=True)
    except (OSError, RuntimeError):
        raise FileRefusedError(
            "it is a link that leads nowhere", "remove the link or put the file itself there"
        ) from None
    if not real.is_relative_to(root):
        raise FileRefusedError(
            "it is a link that leads out of the drop folder",
            "put the file itself into the drop folder",
        )
    if not real.is_file():
        raise FileRefusedError("it is not a regular file", "remove it or narrow `files`")
    return real


def fingerprint(path: Path) -> Fingerprint:
    """Return size, change time and content hash of a file."""
    try:
        status = path.stat()
        if status.st_size > MAX_FILE_BYTES:
            raise FileRefusedError(
                f"it has {status.st_size:,} bytes; the limit is {MAX_FILE_BYTES:,}",
                "deliver it in several files",
            )
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(HASH_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise FileRefusedError(
            f"it cannot be read ({error.strerror})", "give the user that runs Concord read access"
        ) from None
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino, digest.hexdigest())


def require_unchanged(path: Path, before: Fingerprint) -> None:
    """Refuse a file that changed since the fingerprint was taken."""
    try:
        unchanged = fingerprint(path) == before
    except FileRefusedError:
        unchanged = False
    if not unchanged:
        raise FileRefusedError(
            "it changed while it was read",
            "try again when the export has finished; better, export under another name and "
            "rename the finished file",
        )

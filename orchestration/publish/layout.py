"""The folder `published`: its versions and the `current` link.

Belongs here: names, finding versions, swapping the link, removing what is no longer needed. Does
not: the content of a version (version_folder.py).

A folder in `versions` counts as a version once it carries the marker `.released`, which is written
after `current` pointed to it. A run killed between the two leaves a whole folder that nobody saw:
the one that `current` points to gets its marker late, any other is removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from orchestration.publish.durable import sync_path
from orchestration.publish.errors import PublishError
from orchestration.publish.gate import PublishedGroup
from orchestration.publish.manifest import Manifest, read_manifest

CURRENT = "current"
RELEASED = ".released"
_NEXT_LINK = ".current-next"
_BUILDING = ".building-"
_REMOVED = ".removed-"

OnStep = Callable[[str], None]


def no_step(_: str) -> None:
    """Take no notice of a step."""


def versions_dir(published_dir: Path) -> Path:
    """Return the folder that holds the versions."""
    return published_dir / "versions"


def version_dir(published_dir: Path, version: str) -> Path:
    """Return the folder of a version."""
    return versions_dir(published_dir) / version


def building_dir(published_dir: Path, run_id: str) -> Path:
    """Return the folder that a run builds its version in."""
    return versions_dir(published_dir) / f"{_BUILDING}{run_id}"


def version_name(number: int) -> str:
    """Return the name of the version with this number."""
    return f"{number:06d}"


def current_version(published_dir: Path) -> str | None:
    """Return the version that readers see, None before the first one."""
    link = published_dir / CURRENT
    if not link.is_symlink():
        if link.exists():
            raise PublishError(f"{link} is no link; move it away, Concord makes its own")
        return None
    return link.readlink().name


def current_manifest(published_dir: Path) -> Manifest | None:
    """Return the manifest of the version that readers see, None before the first one."""
    version = current_version(published_dir)
    return read_manifest(version_dir(published_dir, version)) if version else None


def published_groups(published_dir: Path) -> dict[str, PublishedGroup]:
    """Return what readers have of each group, for gate.decide."""
    manifest = current_manifest(published_dir)
    return manifest.published_groups() if manifest else {}


def released_versions(published_dir: Path) -> list[str]:
    """Return the versions that readers see or have seen and that are still there, oldest first."""
    current = current_version(published_dir)
    return [
        folder.name
        for folder in _numbered(published_dir)
        if folder.name == current or (folder / RELEASED).exists()
    ]


def highest_number(published_dir: Path) -> int:
    """Return the highest number in the folder, 0 when it is empty."""
    return max((int(folder.name) for folder in _numbered(published_dir)), default=0)


def swap_current(published_dir: Path, version: str, on_step: OnStep = no_step) -> None:
    """Let readers see a version, from one moment to the next."""
    seen = current_version(published_dir)
    if seen and version_dir(published_dir, seen).is_dir():
        mark_released(published_dir, seen)  # a kill may have prevented it earlier
    following = published_dir / _NEXT_LINK
    following.unlink(missing_ok=True)
    following.symlink_to(Path("versions") / version)
    on_step("link made")
    os.replace(following, published_dir / CURRENT)  # noqa: PTH105 - the rename is the point
    sync_path(published_dir)
    on_step("current swapped")
    mark_released(published_dir, version)


def mark_released(published_dir: Path, version: str) -> None:
    """Note that readers have seen a version."""
    marker = version_dir(published_dir, version) / RELEASED
    marker.touch()
    sync_path(marker.parent)


def clean_up(published_dir: Path) -> list[str]:
    """Remove what killed runs left behind; call it while holding the run lock.

    Returns:
        The names of the folders that were removed.
    """
    folder = versions_dir(published_dir)
    folder.mkdir(parents=True, exist_ok=True)
    (published_dir / _NEXT_LINK).unlink(missing_ok=True)
    current = current_version(published_dir)
    if current and (folder / current).is_dir():
        mark_released(published_dir, current)
    known = set(released_versions(published_dir))
    left = [
        *(path for path in folder.iterdir() if path.name.startswith((_BUILDING, _REMOVED))),
        *(path for path in _numbered(published_dir) if path.name not in known),
    ]
    for path in left:
        _remove(path)
    return sorted(path.name for path in left)


def prune(published_dir: Path, keep: int) -> list[str]:
    """Remove old versions, but the last `keep` and those that a link in `published` points to.

    Returns:
        The versions that were removed.
    """
    linked = {path.readlink().name for path in published_dir.iterdir() if path.is_symlink()}
    versions = released_versions(published_dir)
    old = [name for name in versions[: max(0, len(versions) - keep)] if name not in linked]
    for name in old:
        _remove(version_dir(published_dir, name))
    return old


def _numbered(published_dir: Path) -> list[Path]:
    folder = versions_dir(published_dir)
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.name.isdecimal() and path.is_dir()]
    return sorted(found, key=lambda path: int(path.name))


def _remove(path: Path) -> None:
    """Remove a folder so that a kill midway leaves nothing that looks like a version."""
    if not path.name.startswith((_BUILDING, _REMOVED)):
        path = path.rename(path.with_name(f"{_REMOVED}{path.name}"))
    shutil.rmtree(path)

"""Takes readers back to an earlier version.

Belongs here: choosing the version and swapping the link. Does not: what the next run does; it
numbers its version above all there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.publish.errors import RollbackError
from orchestration.publish.layout import (
    OnStep,
    current_version,
    no_step,
    released_versions,
    swap_current,
    version_dir,
    version_name,
)
from orchestration.publish.manifest import Manifest, read_manifest
from orchestration.publish.tables import MARTS, STORES
from orchestration.state import PublishLogEntry


@dataclass(frozen=True)
class RollbackResult:
    """What readers saw and now see.

    Attributes:
        previous: The version that they saw.
        version: The version that they now see.
        manifest: What that one holds.
    """

    previous: str
    version: str
    manifest: Manifest

    def log_entries(self) -> list[PublishLogEntry]:
        """Return what the caller hands to StateStore.record_publish under its run id."""
        return self.manifest.log_entries("rolled_back")


def rollback(
    published_dir: Path, to: str | None = None, on_step: OnStep = no_step
) -> RollbackResult:
    """Let readers see an earlier version, or a named one.

    Args:
        published_dir: The folder `published`.
        to: The version, with or without leading zeros; None: the last one before the current.
        on_step: Called with the name of each step when it is done.

    Raises:
        RollbackError: When there is no such version; the current one then stays.
        PublishError: When the version is damaged; likewise.
    """
    current = current_version(published_dir)
    if current is None:
        raise RollbackError("nothing has been published yet, so there is nothing to roll back")
    versions = released_versions(published_dir)
    target = _named(to, versions, current) if to is not None else _before(current, versions)
    folder = version_dir(published_dir, target)
    manifest = read_manifest(folder)
    if not (folder / STORES[MARTS].file_name).is_file():
        raise RollbackError(f"version {target} is damaged: it has no {STORES[MARTS].file_name}")
    swap_current(published_dir, target, on_step)
    return RollbackResult(current, target, manifest)


def _before(current: str, versions: list[str]) -> str:
    earlier = [name for name in versions if int(name) < int(current)]
    if not earlier:
        raise RollbackError(
            f"there is no version before {current}, which readers see. "
            f"Versions: {', '.join(versions)}."
        )
    return earlier[-1]


def _named(to: str, versions: list[str], current: str) -> str:
    name = version_name(int(to)) if to.isdecimal() else to
    if name == current:
        raise RollbackError(f"readers see version {name} already")
    if name not in versions:
        raise RollbackError(f"there is no version {to!r}. Versions: {', '.join(versions)}.")
    return name

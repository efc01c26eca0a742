"""Makes a new version and lets readers see it.

Belongs here: the order of the steps, each of which may be the last one before a kill. Does not:
what a version consists of (version_content.py) or what a folder is called (layout.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.publish import layout
from orchestration.publish.durable import sync_path, sync_tree
from orchestration.publish.errors import EarlierAsOfDate
from orchestration.publish.gate import Decision
from orchestration.publish.layout import OnStep, no_step
from orchestration.publish.manifest import Manifest, write_manifest
from orchestration.publish.request import PublishOptions, PublishRun
from orchestration.publish.tables import MARTS, STORES, PublishedTable
from orchestration.publish.version_content import VersionBuild, Warehouse, refuse_unknown
from orchestration.state import StateStore

BuildExtras = Callable[[Path, Path], None]


@dataclass(frozen=True)
class PublishResult:
    """What readers now see.

    Attributes:
        version: Its name.
        folder: Its folder (not the link).
        manifest: What it holds.
        pruned: The old versions that were removed.
    """

    version: str
    folder: Path
    manifest: Manifest
    pruned: tuple[str, ...]


def recover(published_dir: Path, state: StateStore) -> list[str]:
    """Clear up after killed runs; call it at a run's start, while holding the run lock.

    What readers see stays. A version that became current just before the kill is entered in the
    publish log.

    Returns:
        The folders that were removed.
    """
    removed = layout.clean_up(published_dir)
    manifest = layout.current_manifest(published_dir)
    if manifest and state.find_run(manifest.run_id) and not state.publish_log(manifest.run_id):
        state.record_publish(manifest.run_id, manifest.log_entries(), manifest.table_counts())
    return removed


def publish(
    published_dir: Path,
    warehouse: Warehouse,
    tables: Sequence[PublishedTable],
    decisions: Mapping[str, Decision],
    state: StateStore,
    run: PublishRun,
    *,
    build_extras: BuildExtras | None = None,
    options: PublishOptions | None = None,
    on_step: OnStep = no_step,
) -> PublishResult:
    """Write a version folder and let readers see it.

    Args:
        published_dir: The folder `published`.
        warehouse: The working file, or an open connection to it.
        tables: What is published; the ops tables are added.
        decisions: What happens to each group (gate.decide).
        state: Where the ops tables are read from and the publish log is kept.
        run: The run that publishes.
        build_extras: Called with the unfinished version folder and its finished marts.duckdb, to
            write more into the folder (dashboard, data docs).
        options: What can be set.
        on_step: Called with the name of each step when it is done.

    Raises:
        EarlierAsOfDate: When the published version is as of a later date.
        PublishError: When it cannot be done. Readers then see what they saw before.
    """
    options = options or PublishOptions()
    recover(published_dir, state)
    current = layout.current_manifest(published_dir)
    if current and run.as_of_date < current.as_of_date and not options.allow_earlier:
        raise EarlierAsOfDate(run.as_of_date, current.as_of_date, current.version)
    refuse_unknown(tables, decisions)

    highest = max(layout.highest_number(published_dir), state.highest_folder_version())
    build = VersionBuild(
        published_dir=published_dir,
        folder=layout.building_dir(published_dir, run.run_id),
        version=layout.version_name(highest + 1),
        warehouse=warehouse,
        tables=tables,
        decisions=decisions,
        state=state,
        run=run,
        current=current,
        options=options,
        on_step=on_step,
    )
    manifest = _write_whole(build, build_extras)
    folder = layout.version_dir(published_dir, build.version)
    build.folder.rename(folder)
    sync_path(folder.parent)
    on_step("folder renamed")
    layout.swap_current(published_dir, build.version, on_step)
    on_step("released")
    state.record_publish(run.run_id, manifest.log_entries(), manifest.table_counts())
    on_step("logged")
    pruned = layout.prune(published_dir, options.kept_versions)
    on_step("pruned")
    return PublishResult(build.version, folder, manifest, tuple(pruned))


def _write_whole(build: VersionBuild, build_extras: BuildExtras | None) -> Manifest:
    """Fill the building folder and write it through to the disk, or leave nothing of it."""
    try:
        build.folder.mkdir()
        # Nobody else may look in until all files have their modes: one of them holds pay.
        build.folder.chmod(0o700)
        build.on_step("folder made")
        manifest = build.write()
        if build_extras is not None:
            build_extras(build.folder, build.folder / STORES[MARTS].file_name)
            build.on_step("extras built")
        write_manifest(build.folder, manifest)
        build.on_step("manifest written")
        build.folder.chmod(0o755)
        sync_tree(build.folder)
        build.on_step("synced")
    except BaseException:
        shutil.rmtree(build.folder, ignore_errors=True)
        raise
    return manifest

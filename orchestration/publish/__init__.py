"""Decides what readers see and puts it before them in one rename.

Belongs here: the gate, version folders, the `current` link, rollback. Does not: building the
candidate tables (dbt_project) or checking them (expectations, orchestration/guards).
"""

from orchestration.publish.errors import EarlierAsOfDate, PublishError, RollbackError
from orchestration.publish.gate import Decision, ModelState, PublishedGroup, decide
from orchestration.publish.layout import (
    current_manifest,
    current_version,
    published_groups,
    released_versions,
)
from orchestration.publish.manifest import GroupEntry, Manifest
from orchestration.publish.request import PublishOptions, PublishRun
from orchestration.publish.rollback import RollbackResult, rollback
from orchestration.publish.tables import PublishedTable, TableOutcome
from orchestration.publish.version_folder import PublishResult, publish, recover

__all__ = [
    "Decision",
    "EarlierAsOfDate",
    "GroupEntry",
    "Manifest",
    "ModelState",
    "PublishError",
    "PublishOptions",
    "PublishResult",
    "PublishRun",
    "PublishedGroup",
    "PublishedTable",
    "RollbackError",
    "RollbackResult",
    "TableOutcome",
    "current_manifest",
    "current_version",
    "decide",
    "publish",
    "published_groups",
    "recover",
    "released_versions",
    "rollback",
]

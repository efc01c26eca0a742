"""Dagster's own state in CONCORD_HOME: its settings file and its instance.

Belongs here: where Dagster keeps runs and that it tells nobody about them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestration.settings import Settings, apply_to_process

if TYPE_CHECKING:
    import dagster as dg

DAGSTER_YAML = """\
# Written by Concord. One run at a time: a home has one writer.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
event_log_storage:
  module: orchestration.dagster_storage
  class: OneConnectionEventLogStorage
  config:
    base_dir: {events}
"""


def prepare_dagster_home(settings: Settings) -> None:
    """Make Dagster's folder and settings file."""
    apply_to_process(settings)
    settings.dagster_dir.mkdir(parents=True, exist_ok=True)
    path = settings.dagster_dir / "dagster.yaml"
    events = settings.dagster_dir / "history" / "runs"
    text = DAGSTER_YAML.replace("{events}", json.dumps(str(events)))
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def dagster_instance(settings: Settings) -> dg.DagsterInstance:
    """Dagster's instance of this home; a context manager."""
    import dagster as dg

    prepare_dagster_home(settings)
    return dg.DagsterInstance.from_config(str(settings.dagster_dir))

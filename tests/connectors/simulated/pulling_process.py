"""Reads a source into a home once, as a process that can be killed: pulled, then made raw.

    python -m tests.connectors.simulated.pulling_process HOME LOADER OPTIONS [full] [stay]

It says `pulled ROWS REQUESTS` when deliveries are written, and `loaded FILES` when they are
typed, written as raw and seen by the warehouse: there the transform would begin, and `stay` lets it
wait.

Belongs here: the process. Does not: killing it (soak).
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from orchestration.canonical import load_entities
from orchestration.company import Company
from orchestration.company.sources import Source, source_from_mapping
from orchestration.connectors import limits
from orchestration.ingest.connectors import pull_source
from orchestration.ingest.file_drop import read_source
from orchestration.ingest.warehouse import warehouse, write_views
from orchestration.settings import Settings
from orchestration.simulators import Simulators
from orchestration.sources.file_drop import raw_views_sql
from orchestration.state import RunRecord, StateStore
from orchestration.steps import Step, utc_now


def source_of(home: Path, loader: str, options: dict[str, Any]) -> Source:
    """The one source of a home."""
    entry = {"loader": loader, "options": options}
    folder = home / "deliveries"
    return source_from_mapping("crm", entry, company_folder=home, deliveries_folder=folder)


def settings_of(home: Path) -> Settings:
    """The home, with little memory."""
    return Settings(company_dir=home, home=home, memory="512MB", variables=os.environ)


def main(home: Path, loader: str, options: dict[str, Any], *, is_full: bool, stays: bool) -> int:
    """Pull and make raw; 1 with what is wrong on standard error."""
    limits.MANY_DELIVERIES = 4
    settings = settings_of(home)
    state = StateStore(settings.state_path)
    run = RunRecord(
        run_id=str(uuid4()), as_of_date=date(2026, 10, 31), code_version="", started_at=utc_now()
    )
    state.mark_interrupted_runs(utc_now())
    state.start_run(run)
    work = Step(settings, state, cast(Company, None), run)
    source = source_of(home, loader, options)
    nobody = cast(Company, SimpleNamespace(sources=SimpleNamespace(simulated=())))
    pulled = pull_source(work, source, Simulators(nobody, {}), is_full)
    if pulled.problems:
        sys.stderr.write("\n".join(pulled.problems))
        return 1
    _say(f"pulled {sum(pulled.changed.values())} {pulled.request_count}")
    reading = read_source(work, source)
    if reading.refusals:
        sys.stderr.write("\n".join(refusal.message for refusal in reading.refusals))
        return 1
    state.replace_active_files(run.run_id, reading.files, reading.quarantined, sources=["crm"])
    with warehouse(settings) as connection:
        views = raw_views_sql(load_entities(), reading.versions, settings.raw_file_drop_dir)
        write_views(connection, views)
    _say(f"loaded {len(reading.files)}")
    if stays:
        time.sleep(600)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(
        main(
            Path(sys.argv[1]),
            sys.argv[2],
            json.loads(sys.argv[3]),
            is_full="full" in sys.argv,
            stays="stay" in sys.argv,
        )
    )

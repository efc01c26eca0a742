"""Reads a source into a home once, as a process that can be killed: pulled, then made raw.

    python -m tests.connectors.simulated.pulling_process HOME LOADER OPTIONS [full] [PHASE SECONDS]

It says `pulled ROWS REQUESTS` when deliveries are written, and, when they are read, written as raw
and seen by the warehouse, `loaded` and the seconds of each phase: there the transform would begin.
With a phase and seconds it dies when it has been that long in that phase, at the latest there.

Belongs here: the process. Does not: killing it (soak).
"""

from __future__ import annotations

import json
import os
import signal
import sys
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
from tests.connectors.simulated.phases import EXTRACT, LOAD, LOADED, Clock

SHOWN = "phase"


def source_of(home: Path, loader: str, options: dict[str, Any]) -> Source:
    """The one source of a home."""
    entry = {"loader": loader, "options": options}
    folder = home / "deliveries"
    return source_from_mapping("crm", entry, company_folder=home, deliveries_folder=folder)


def settings_of(home: Path) -> Settings:
    """The home, with little memory."""
    return Settings(company_dir=home, home=home, memory="512MB", variables=os.environ)


def main(
    home: Path, loader: str, options: dict[str, Any], *, is_full: bool, death: list[str]
) -> int:
    """Pull and make raw; 1 with what is wrong on standard error."""
    limits.MANY_DELIVERIES = 4
    clock = Clock(home / SHOWN)
    clock.watch_normalising()
    if death:
        clock.die_in(death[0], float(death[1]))
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
    clock.enter(EXTRACT)
    pulled = pull_source(work, source, Simulators(nobody, {}), is_full)
    if pulled.problems:
        sys.stderr.write("\n".join(pulled.problems))
        return 1
    _say(f"pulled {sum(pulled.changed.values())} {pulled.request_count}")
    clock.enter(LOAD)
    reading = read_source(work, source)
    if reading.refusals:
        sys.stderr.write("\n".join(refusal.message for refusal in reading.refusals))
        return 1
    state.replace_active_files(run.run_id, reading.files, reading.quarantined, sources=["crm"])
    with warehouse(settings) as connection:
        views = raw_views_sql(load_entities(), reading.versions, settings.raw_file_drop_dir)
        write_views(connection, views)
    clock.enter(LOADED)
    _say(f"loaded {json.dumps(clock.spent)}")
    if death:
        os.kill(os.getpid(), signal.SIGKILL)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _place, _loader, _options, *_rest = sys.argv[1:]
    _full = "full" in _rest
    _death = [text for text in _rest if text != "full"]
    sys.exit(main(Path(_place), _loader, json.loads(_options), is_full=_full, death=_death))

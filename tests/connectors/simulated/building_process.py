"""Reads the sources of a company and builds its warehouse once, as a process that can be killed.

    python -m tests.connectors.simulated.building_process [SECONDS]

Home, company and credentials are in the environment, as for `concord run`. It says the seconds of
the build; with SECONDS it dies when the build is that old, at the latest when it is done.

Belongs here: the process. Does not: killing it (transform_soak), guards and data tests, which write
no row.
"""

from __future__ import annotations

import os
import signal
import sys

from orchestration.settings import load_settings
from orchestration.transform.compiled import run_compiled
from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from orchestration.transform.standing import forget, plan_build, remember
from tests.connectors.simulated.phases import LOAD, TRANSFORM, TRANSFORMED, Clock
from tests.connectors.simulated.pulling_process import SHOWN
from tests.laws.building import ingest


def main(seconds: float | None) -> None:
    """Read, and build what does not stand already.

    Raises:
        RuntimeError: With what could not be built.
    """
    settings = load_settings()
    clock = Clock(settings.home / SHOWN)
    if seconds is not None:
        clock.die_in(TRANSFORM, seconds)
    clock.enter(LOAD)
    ingest(settings)
    project = Project(manifest_json(settings))
    clock.enter(TRANSFORM)
    plan = plan_build(settings, project)
    chosen = [unique_id for unique_id in plan.to_build if unique_id in project.models]
    forget(settings, chosen)
    results = list(run_compiled(settings, project, chosen, plan=plan))
    if failed := [f"{item.unique_id}: {item.message}" for item in results if not item.is_good]:
        raise RuntimeError("\n".join(failed))
    remember(settings, plan, results)
    clock.enter(TRANSFORMED)
    sys.stdout.write(f"{len(results)} {clock.spent[TRANSFORM]}\n")
    sys.stdout.flush()
    if seconds is not None:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(float(sys.argv[1]) if sys.argv[1:] else None)

"""The frame around every step of a run: the run is registered, an error is recorded and worded.

Belongs here: what all steps share. A step that fails leaves a critical guard result behind, so that
the publish gate holds what depends on it and `concord status` says why; the reader never sees a
traceback for a mistake of theirs.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from orchestration.company import Company, CompanyInvalid, load_company
from orchestration.progress import reporter
from orchestration.settings import PROJECT_ROOT, Settings, SettingsError
from orchestration.state import GuardResult, HomeBusy, RunRecord, StateError, StateStore, run_lock
from orchestration.transform.project import TransformError

# Errors whose words are meant for the user; anything else is a defect and keeps its traceback.
USER_ERRORS = (CompanyInvalid, HomeBusy, SettingsError, StateError, TransformError)

_held_locks: dict[str, ExitStack] = {}
_companies: dict[tuple[str, str], Company] = {}


@dataclass(frozen=True)
class Step:
    """What a step works with."""

    settings: Settings
    state: StateStore
    company: Company
    run: RunRecord

    def add_guards(self, results: list[GuardResult]) -> None:
        """Record guard results of this run."""
        self.state.add_guard_results(self.run.run_id, results)


def utc_now() -> datetime:
    """The time of an action of this run; decides nothing in the data."""
    return datetime.now(UTC).replace(microsecond=0)


def code_version() -> str:
    """The version of the code: the commit, else the package's version."""
    try:
        found = subprocess.run(  # noqa: S603
            ["git", "-C", str(PROJECT_ROOT), "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        return found.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        from importlib.metadata import version

        return version("concord-warehouse")


def hold_home(settings: Settings) -> None:
    """Take the home's lock for the rest of this process, unless this process has it already.

    Raises:
        HomeBusy: When another process runs in this home.
    """
    place = str(settings.lock_path)
    if place not in _held_locks:
        stack = ExitStack()
        stack.enter_context(run_lock(settings.lock_path))
        _held_locks[place] = stack


def release_home(settings: Settings) -> None:
    """Let go of the home's lock, if this process has it."""
    if stack := _held_locks.pop(str(settings.lock_path), None):
        stack.close()


def company_of_run(settings: Settings, run_id: str) -> Company:
    """The company folder as this run reads it: once, at its start.

    Raises:
        CompanyInvalid: With everything that is wrong.
    """
    key = (run_id, str(settings.company_dir))
    if key not in _companies:
        _companies.clear()
        _companies[key] = load_company(
            settings.company_dir, settings.variables, as_of=settings.as_of
        )
    return _companies[key]


def register_run(settings: Settings, run_id: str, selection: str | None = None) -> RunRecord:
    """Record the run unless it is known; close what an earlier kill left open."""
    hold_home(settings)
    state = StateStore(settings.state_path)
    if known := state.find_run(run_id):
        return known
    state.mark_interrupted_runs(utc_now())
    company = company_of_run(settings, run_id)
    run = RunRecord(
        run_id=run_id,
        as_of_date=company.as_of_date,
        code_version=code_version(),
        started_at=utc_now(),
        selection=selection,
    )
    state.start_run(run)
    return run


@contextmanager
def step(settings: Settings, run_id: str, stage: str) -> Iterator[Step]:
    """Frame a step.

    Raises:
        dagster.Failure: In place of a user's mistake, with its words; nothing is retried.
    """
    reporter().stage_started(stage)
    try:
        run = register_run(settings, run_id)
        company = company_of_run(settings, run_id)
        yield Step(settings, StateStore(settings.state_path), company, run)
    except dg.Failure as failure:
        record_failure(settings, run_id, stage, failure.description or "failed")
        reporter().stage_finished(stage, (failure.description or "failed").splitlines()[0], False)
        raise
    except USER_ERRORS as error:
        record_failure(settings, run_id, stage, str(error))
        reporter().stage_finished(stage, str(error).splitlines()[0], False)
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except dg.DagsterError:
        raise
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        record_failure(settings, run_id, stage, message)
        reporter().stage_finished(stage, message.splitlines()[0], False)
        raise


def record_failure(settings: Settings, run_id: str, stage: str, message: str) -> None:
    """Leave a critical guard result behind, where the run is known."""
    if not settings.state_path.exists():
        return
    state = StateStore(settings.state_path)
    if state.find_run(run_id) is None:
        return
    failed = GuardResult(
        guard="step_" + re.sub(r"[^a-z0-9]+", "_", stage.lower()),
        kpi_group="core",
        severity="critical",
        status="errored",
        observed="stopped",
        threshold="completes",
        message=message,
    )
    state.add_guard_results(run_id, [failed])

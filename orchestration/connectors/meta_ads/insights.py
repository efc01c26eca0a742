"""Insights at once or by a job: rows of a level and of days.

A job that failed or was skipped is made once more, as Meta advises; then fewer days are asked for.
Jobs: Marketing API, Insights, "Asynchronous Jobs" on developers.facebook.com.

Belongs here: how rows are got. Does not: which fields (pull.py), what they mean (rows.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from orchestration.connectors.ads.platform import TooMuch
from orchestration.connectors.errors import FixConfiguration, Retry
from orchestration.connectors.meta_ads.client import Client

_DONE = "Job Completed"
_UNDER_WAY = frozenset({"Job Not Started", "Job Started", "Job Running"})
_ENDED_BADLY = frozenset({"Job Failed", "Job Skipped"})
_JOBS = 2
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 30.0
# A job that takes longer will not end.
_JOB_SECONDS = 1800.0


def read_insights(
    client: Client, account_id: str, params: Mapping[str, str], first: date, last: date, sync: int
) -> list[dict[str, Any]]:
    """Return the rows.

    Args:
        client: Signed in.
        account_id: The ad account.
        params: level, fields and the like.
        first: First day.
        last: Last day.
        sync: Days that are asked for at once; more, and what is too much so, is read by a job.

    Raises:
        ConnectorError: TooMuch when fewer days must be asked for.
    """
    path = f"act_{account_id}/insights"
    asked = {**params, "time_range": f'{{"since":"{first}","until":"{last}"}}'}
    if (last - first).days < sync:
        try:
            return client.rows(path, asked)
        except TooMuch:
            pass
    said = ""
    for _ in range(_JOBS):
        run = _started(client, path, asked)
        said = _ended(client, run)
        if said == _DONE:
            return client.rows(f"{run}/insights", {})
    raise TooMuch(f"Meta's job for {first} to {last} ended {_JOBS} times as {said}")


def _started(client: Client, path: str, form: Mapping[str, str]) -> str:
    found = client.post(path, form)
    run = found.get("report_run_id")
    if not isinstance(run, str) or not run.isdigit():
        raise FixConfiguration("Meta started no job: its answer has no report_run_id")
    return run


def _ended(client: Client, run: str) -> str:
    """Wait for a job; returns what it ended as."""
    seconds, waited = _FIRST_WAIT, 0.0
    while True:
        found = client.get(run, {"fields": "async_status,async_percent_completion"})
        status = str(found.get("async_status"))
        is_whole = str(found.get("async_percent_completion", "100")) == "100"
        if status == _DONE and is_whole:
            return status
        if status in _ENDED_BADLY:
            return status
        if status != _DONE and status not in _UNDER_WAY:
            known = ", ".join(sorted({_DONE, *_UNDER_WAY, *_ENDED_BADLY}))
            raise FixConfiguration(
                f"Meta's job has the async_status {status!r}, which is none of {known}"
            )
        if waited >= _JOB_SECONDS:
            return f"{status} after {int(waited)} seconds"
        client.http.pause(seconds, Retry("a job of Meta did not end before the deadline"))
        waited += seconds
        seconds = min(_LONGEST_WAIT, seconds * 1.6)

"""Tells a webhook how a run ended.

Belongs here: the message and posting it. It goes out after the publish step, which runs last and
always; a webhook that cannot be reached is logged and never fails a run.
"""

import json
from urllib import request

import dagster as dg

from orchestration.settings import Settings
from orchestration.state import StateStore

LAST_STEP = "published__version"
# Runs after it where a server is named.
POSTGRES_STEP = "published__postgres"
TIMEOUT_SECONDS = 10
FAILED = ("failed", "errored", "not_run")


def alert_text(state: StateStore, run_id: str) -> str:
    """How the run ended and what to look at, without data of persons."""
    run = state.find_run(run_id)
    if run is None:
        return f"Concord run {run_id} could not start; `concord check` says why."
    failed = [item for item in state.guard_results(run_id) if item.status in FAILED]
    lines = [f"Concord run {run_id} as of {run.as_of_date}: {run.status}"]
    lines += [
        f"- {item.guard} ({item.kpi_group}) {item.status}: {item.observed}" for item in failed
    ]
    postgres = state.latest_postgres_entry("failed", run_id)
    if postgres is not None:
        lines.insert(1, f"- {postgres.message}")
    return "\n".join(lines[:20])


def post(settings: Settings, text: str, log: dg.DagsterLogManager) -> None:
    """Post `text` to the webhook, if one is set. Never raises for the webhook's sake."""
    url = settings.webhook_url
    if not url:
        return
    if not url.startswith(("http://", "https://")):
        log.warning("CONCORD_WEBHOOK_URL is no http address; no alert was sent")
        return
    call = request.Request(  # noqa: S310  the scheme was checked
        url,
        data=json.dumps({"text": text}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with request.urlopen(call, timeout=TIMEOUT_SECONDS):  # noqa: S310
            pass
    except OSError as error:
        # The address may carry a secret, so it is not repeated.
        log.warning(f"the alert could not be sent: {type(error).__name__}")


def alert_hooks(settings: Settings) -> set[dg.HookDefinition]:
    """Hooks of the daily job: on failure always, on success when the company wishes it."""

    @dg.failure_hook(name="alert_on_failure")
    def alert_on_failure(context: dg.HookContext) -> None:
        if context.op.name in (LAST_STEP, POSTGRES_STEP):
            post(settings, alert_text(StateStore(settings.state_path), context.run_id), context.log)

    @dg.success_hook(name="alert_on_success")
    def alert_on_success(context: dg.HookContext) -> None:
        if not settings.alert_on_success or context.op.name != _last_step(settings):
            return
        state = StateStore(settings.state_path)
        run = state.find_run(context.run_id)
        # A run that failed in an earlier step was told about then.
        if context.op.name == LAST_STEP or (run is not None and run.status == "succeeded"):
            post(settings, alert_text(state, context.run_id), context.log)

    return {alert_on_failure, alert_on_success}


def _last_step(settings: Settings) -> str:
    return LAST_STEP if settings.postgres_url is None else POSTGRES_STEP

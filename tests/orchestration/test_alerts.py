"""Alerts reach a real HTTP server, say what failed, and never fail a run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.alerts import LAST_STEP, POSTGRES_STEP, alert_hooks, alert_text, post
from orchestration.settings import Settings
from orchestration.state import GuardResult, PostgresLogEntry, RunRecord, StateStore

LOG = dg.get_dagster_logger("test")


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  the library's name
            length = int(self.headers["Content-Length"])
            received.append(json.loads(self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", received
    server.shutdown()
    thread.join()
    server.server_close()


def settings(tmp_path: Path, url: str | None, on_success: bool = False) -> Settings:
    return Settings(
        company_dir=tmp_path, home=tmp_path, webhook_url=url, alert_on_success=on_success
    )


def failed_run(tmp_path: Path, run_id: str) -> None:
    state = StateStore(settings(tmp_path, None).state_path)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    state.start_run(RunRecord(run_id, date(2026, 10, 31), "1", now))
    guard = GuardResult("bookings_sum", "core", "critical", "failed", observed="12 rows")
    state.add_guard_results(run_id, [guard])
    state.finish_run(run_id, "failed", now)


def test_the_text_names_the_guard_and_the_number(tmp_path: Path) -> None:
    failed_run(tmp_path, "r1")
    text = alert_text(StateStore(settings(tmp_path, None).state_path), "r1")
    assert "bookings_sum" in text
    assert "12 rows" in text
    assert "failed" in text


def last_step_job(config: Settings, fails: bool) -> dg.JobDefinition:
    @dg.op(name=LAST_STEP)
    def last() -> None:
        if fails:
            raise dg.Failure("held")

    @dg.job(hooks=alert_hooks(config))
    def job() -> None:
        last()

    return job


@pytest.mark.parametrize(
    ("fails", "on_success", "posts"), [(True, False, 1), (False, False, 0), (False, True, 1)]
)
def test_the_hook_posts_once(
    tmp_path: Path,
    webhook: tuple[str, list[dict[str, Any]]],
    fails: bool,
    on_success: bool,
    posts: int,
) -> None:
    url, received = webhook
    config = settings(tmp_path, url, on_success)
    run_id = "0b1d6a5e-0000-4000-8000-000000000001"
    failed_run(tmp_path, run_id)
    job = last_step_job(config, fails)
    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(instance=instance, run_id=run_id, raise_on_error=False)
    assert len(received) == posts
    if posts:
        assert "Concord run" in received[0]["text"]


def test_a_dead_webhook_is_no_failure(tmp_path: Path) -> None:
    post(settings(tmp_path, "http://127.0.0.1:9/secret-token"), "text", LOG)
    post(settings(tmp_path, "ftp://example.invalid"), "text", LOG)
    post(settings(tmp_path, None), "text", LOG)


def test_a_failure_of_postgresql_is_told(tmp_path: Path) -> None:
    failed_run(tmp_path, "r1")
    state = StateStore(settings(tmp_path, None).state_path)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    words = "PostgreSQL stays at version 000001: it cannot be reached."
    state.add_postgres_entry(PostgresLogEntry("r1", "000002", "failed", "db", now, message=words))
    assert words in alert_text(state, "r1")


@pytest.mark.parametrize(("status", "posts"), [("succeeded", 1), ("failed", 0)])
def test_success_is_told_after_postgresql_and_only_of_a_good_run(
    tmp_path: Path, webhook: tuple[str, list[dict[str, Any]]], status: str, posts: int
) -> None:
    url, received = webhook
    config = replace(settings(tmp_path, url, True), postgres_url="postgresql://h/d")
    run_id = "0b1d6a5e-0000-4000-8000-000000000002"
    failed_run(tmp_path, run_id)
    StateStore(config.state_path).finish_run(
        run_id,
        "succeeded" if status == "succeeded" else "failed",
        datetime(2026, 11, 1, tzinfo=UTC),
    )

    @dg.op(name=LAST_STEP)
    def publishing() -> None:
        pass

    @dg.op(name=POSTGRES_STEP)
    def bringing() -> None:
        pass

    @dg.job(hooks=alert_hooks(config))
    def job() -> None:
        publishing()
        bringing()

    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(instance=instance, run_id=run_id)
    assert len(received) == posts

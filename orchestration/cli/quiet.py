"""Dagster's words at a terminal: its log stays in its own storage, failures come as one text."""

from __future__ import annotations

from typing import Any

import dagster as dg

# The console logger of a job that Concord runs for a person; the event log keeps everything.
QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def failure_text(result: dg.ExecuteInProcessResult) -> str:
    """What the failed steps said, without tracebacks."""
    texts = []
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data is not None and data.user_failure_data.description:
                texts.append(data.user_failure_data.description)
            elif data.error is not None:
                cause = data.error.cause or data.error
                texts.append(cause.message.strip())
    return "\n".join(texts) or "the run failed; `concord dev` shows its log"

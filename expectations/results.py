"""The outcome of one guard, in the one shape that everybody reads.

Belongs here: GuardResult and what follows from its fields alone. Does not: how it came about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]
Status = Literal["passed", "warned", "failed", "errored", "not_run"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
STATUSES: tuple[Status, ...] = ("failed", "errored", "not_run", "warned", "passed")


@dataclass(frozen=True)
class GuardResult:
    """What one guard found.

    Attributes:
        guard: Id of the guard, unique over all suites.
        kpi_group: Publish group that is held when the guard blocks.
        severity: Declared severity; critical when the guard errored or did not run.
        status: What came of it.
        observed: The observed number or value, as text.
        threshold: What is allowed, as text.
        sample: Up to five offending rows, as text; never an e-mail address.
        table: The table that the guard looks at.
        message: A full sentence for people, with what to do.
    """

    guard: str
    kpi_group: str
    severity: Severity
    status: Status
    observed: str
    threshold: str
    sample: str
    table: str
    message: str

    @property
    def is_blocking(self) -> bool:
        """Whether the guard's group must keep its last good version."""
        return self.severity == "critical" and self.status in ("failed", "errored", "not_run")

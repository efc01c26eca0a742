"""What the guard banner says: one state for the whole page.

Here: counting guard results and held groups. Not here: guards themselves (expectations/) and the
decision to hold a group (orchestration/publish/).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FAILING_STATUSES = ("failed", "errored", "not_run")
STATUS_ORDER = ("failed", "errored", "not_run", "warned", "passed")


@dataclass(frozen=True)
class GuardState:
    """The banner: `state` is red, amber, green or none (no guards, nothing held)."""

    state: str
    headline: str
    passed: int
    warned: int
    failed: int
    held: tuple[dict[str, Any], ...]


def guard_state(guards: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]]) -> GuardState:
    """Sums up guard results and the publish log; a guard that did not run counts as failed."""
    passed = sum(guard["status"] == "passed" for guard in guards)
    failed = sum(guard["status"] in FAILING_STATUSES for guard in guards)
    warned = len(guards) - passed - failed
    held = tuple(group for group in groups if group["action"] == "held")
    is_critical = any(
        guard["status"] in FAILING_STATUSES and guard["severity"] not in ("warning", "info")
        for guard in guards
    )
    if held or is_critical:
        state = "red"
    elif failed or warned:
        state = "amber"
    else:
        state = "green" if guards else "none"
    return GuardState(state, _headline(passed, warned, failed, held), passed, warned, failed, held)


def sorted_for_attention(guards: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Guards with what needs attention first, otherwise in the order given."""
    rank = {status: index for index, status in enumerate(STATUS_ORDER)}
    return sorted(guards, key=lambda guard: rank.get(guard["status"], 0))


def _headline(passed: int, warned: int, failed: int, held: Sequence[dict[str, Any]]) -> str:
    parts = []
    if failed:
        parts.append(f"{_counted(failed, 'guard')} failed")
    if held:
        parts.append(f"{_counted(len(held), 'group')} held back")
    if warned:
        parts.append(f"{_counted(warned, 'guard')} warned")
    if parts:
        return ", ".join(parts)
    if passed:
        return "The guard passed" if passed == 1 else f"All {passed} guards passed"
    return "No guards ran"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

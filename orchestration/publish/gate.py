"""Decides, per publish group, whether readers get the new version or keep the last good one.

Belongs here: the rules, as pure functions. Does not: reading or writing anything.

A group is held when
- one of its critical guards failed,
- one of its guards raised or did not run, whatever its severity: nobody knows what it would have
  said,
- a mandatory guard of it reported nothing at all,
- one of its models or data tests failed or was skipped,
- a group that it reads is held (so a failing core holds all).
`ops` is always published: it says what went wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from orchestration.state.records import GuardResult

CORE = "core"
OPS = "ops"
BY_ROW = "by_row"  # tables whose rows belong to the group in their column kpi_group

READS: Mapping[str, tuple[str, ...]] = {
    CORE: (),
    "demand": (CORE,),
    "pipeline": (CORE,),
    "unit_economics": (CORE,),
    "attribution": (CORE, "demand"),
    "compensation": (CORE, "demand", "pipeline", "attribution", "unit_economics"),
}


@dataclass(frozen=True)
class ModelState:
    """How one dbt model or data test of a group ended."""

    name: str
    kpi_group: str
    status: Literal["succeeded", "warned", "failed", "skipped"]


@dataclass(frozen=True)
class PublishedGroup:
    """What readers have of a group: the version its data are from, and their as-of date."""

    publish_version: str
    as_of_date: date


@dataclass(frozen=True)
class Decision:
    """What happens to a group.

    Attributes:
        action: Whether readers get the candidate or keep what they have.
        reasons: Why it is held; warnings where it is published.
        stale_since: As-of date of the data that a held group stays at; None when it is published,
            or was never published before.
    """

    action: Literal["published", "held"]
    reasons: tuple[str, ...] = ()
    stale_since: date | None = None

    @property
    def is_held(self) -> bool:
        """Whether readers keep the last good version."""
        return self.action == "held"


def decide(
    groups: Iterable[str],
    guard_results: Sequence[GuardResult],
    model_states: Sequence[ModelState],
    previous: Mapping[str, PublishedGroup],
    mandatory_guards: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Decision]:
    """Decide for every group, and for ops.

    Args:
        groups: The publish groups that have tables in this project.
        guard_results: What the guards of this run found. `kpi_group` may be "by_row" for a guard
            on a table that carries the KPIs of all groups.
        model_states: How the models and data tests of this run ended; `kpi_group` as above.
        previous: What readers have now.
        mandatory_guards: Names of the guards that must have reported, per group.

    Raises:
        ValueError: When something reports for a group that is not among `groups`: a failure must
            never be lost by a misspelt name.
    """
    names = list(dict.fromkeys([*groups, OPS]))
    _refuse_unknown_groups(names, guard_results, model_states, mandatory_guards or {})
    reasons = {
        name: _own_reasons(name, guard_results, model_states, mandatory_guards or {})
        for name in names
        if name != OPS
    }
    _spread(reasons)
    decisions = {}
    for name in names:
        if reasons.get(name):
            last_good = previous.get(name)
            since = last_good.as_of_date if last_good else None
            decisions[name] = Decision("held", tuple(reasons[name]), since)
        else:
            decisions[name] = Decision("published", tuple(_warnings(name, guard_results)))
    return decisions


def _refuse_unknown_groups(
    names: Collection[str],
    guard_results: Iterable[GuardResult],
    model_states: Iterable[ModelState],
    mandatory_guards: Mapping[str, Collection[str]],
) -> None:
    allowed = {*names, BY_ROW}
    strangers = [
        *(f"guard {item.guard}: {item.kpi_group}" for item in guard_results),
        *(f"model {item.name}: {item.kpi_group}" for item in model_states),
        *(f"mandatory guards: {name}" for name in mandatory_guards),
    ]
    strangers = sorted({text for text in strangers if text.rsplit(": ", 1)[1] not in allowed})
    if strangers:
        raise ValueError(
            f"unknown publish group ({'; '.join(strangers)}); known: {', '.join(sorted(allowed))}"
        )


def _concerns(group: str, item_group: str) -> bool:
    return item_group in (group, BY_ROW)


def _own_reasons(
    group: str,
    guard_results: Iterable[GuardResult],
    model_states: Iterable[ModelState],
    mandatory_guards: Mapping[str, Collection[str]],
) -> list[str]:
    results = [item for item in guard_results if _concerns(group, item.kpi_group)]
    reported = {item.guard for item in results}
    wanted = {*mandatory_guards.get(group, ()), *mandatory_guards.get(BY_ROW, ())}
    return [
        *(
            f"{item.name} {item.status}"
            for item in model_states
            if _concerns(group, item.kpi_group) and item.status not in ("succeeded", "warned")
        ),
        *(_describe(item) for item in results if _holds(item)),
        *(f"guard {guard} did not report" for guard in sorted(wanted - reported)),
    ]


def _holds(result: GuardResult) -> bool:
    if result.status in ("passed", "warned"):
        return False
    if result.status == "failed":
        return result.severity == "critical"
    return True  # errored, not_run, and anything that is no known status


def _warnings(group: str, guard_results: Iterable[GuardResult]) -> list[str]:
    return [
        _describe(item)
        for item in guard_results
        if _concerns(group, item.kpi_group) and item.status != "passed"
    ]


def _describe(result: GuardResult) -> str:
    parts = [f"guard {result.guard} {result.status.replace('_', ' ')}"]
    if result.observed is not None:
        parts.append(f"observed {result.observed}")
    if result.threshold is not None:
        parts.append(f"allowed {result.threshold}")
    return ", ".join(parts)


def _spread(reasons: dict[str, list[str]]) -> None:
    """Hold the groups that read a held one, until nothing more is held."""
    changed = True
    while changed:
        changed = False
        for group, own in reasons.items():
            held = [name for name in READS.get(group, (CORE,)) if reasons.get(name)]
            if held and not own:
                own.extend(f"it reads {name}, which is held" for name in held)
                changed = True

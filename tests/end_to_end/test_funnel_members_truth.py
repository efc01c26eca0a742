"""Conversion, pace, open age and flow by one dimension at a time, against loops over the stages.

It reads who reached which stage when, the people, the employees' teams and funnel.yml; of the SQL
of the reports it takes nothing. Every row is compared, medians and quartiles to the sixth decimal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.end_to_end.conftest import RunHome
from tests.unlike import unlike

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

SIX_DECIMALS = Fraction(1, 10**6)
QUARTERS = (Fraction(1, 2), Fraction(3, 4))
FLAGS = ("is_skipped", "is_inferred", "is_bulk_load")
DIMENSIONS = ("channel", "segment", "region", "team", "persona")

Row = dict[str, Any]
Cycle = tuple[str, int]


@dataclass
class Cohort:
    """What is counted of those who entered a step in a month."""

    entered: int = 0
    converted: int = 0
    days: list[int] = field(default_factory=list)
    open_days: list[int] = field(default_factory=list)


class Funnel:
    """The stages of every cycle, and what each cycle is reported by."""

    def __init__(self, sample: RunHome) -> None:
        """Read the published facts and the company's steps."""
        [(self.as_of,)] = sample.query("select max(as_of_date) from ops.ops_run")
        self.steps = yaml.safe_load((ROOT / "company" / "funnel.yml").read_text())["conversions"]
        self.stages: dict[Cycle, dict[str, Row]] = defaultdict(dict)
        names = (
            *("person_key", "cycle_number", "stage", "stage_order", *FLAGS),
            *("is_side_state", "reached_date", "actual_at", "channel", "segment", "region"),
            *("owner", "persona"),
        )
        for found in sample.query(
            "select person_key, cycle_number, stage, stage_order, is_skipped, is_inferred, "
            "is_bulk_load, is_side_state, reached_date, actual_at, channel_name, "
            "stages.segment, stages.region, owner_employee_key, persona "
            "from funnel.fct_person_stage as stages "
            "left join core.dim_channel using (channel_key) "
            "left join core.dim_person using (person_key)"
        ):
            row = dict(zip(names, found, strict=True))
            self.stages[row["person_key"], row["cycle_number"]][row["stage"]] = row
        self.teams: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for employee, team, begin in sample.query(
            "select employee_key, team, valid_from from core.dim_employee_history order by 3"
        ):
            self.teams[employee].append((begin, team))

    def members(self, cycle: Cycle) -> Iterator[tuple[str, str]]:
        """Return the total and the member of each dimension that a cycle counts for."""
        stages = self.stages[cycle].values()
        row = next(iter(stages))
        begin = min(stage["reached_date"] for stage in stages)
        yield "all", "all"
        for name in DIMENSIONS:
            found = self._team(row["owner"], begin) if name == "team" else row[name]
            yield name, found or "unknown"

    def _team(self, owner: str | None, day: date) -> str | None:
        versions = self.teams.get(owner or "", [])
        held = [team for begin, team in versions if begin <= day]
        return held[-1] if held else next((team for _, team in versions), None)


@pytest.fixture(scope="module")
def funnel(sample: RunHome) -> Funnel:
    return Funnel(sample)


def _cohorts(funnel: Funnel) -> dict[tuple[Any, ...], Cohort]:
    found: dict[tuple[Any, ...], Cohort] = defaultdict(Cohort)
    for cycle, stages in funnel.stages.items():
        ends = [row["reached_date"] for row in stages.values() if row["is_side_state"]]
        for step in funnel.steps:
            first, second = stages.get(step["from_stage"]), stages.get(step["to_stage"])
            if first is None:
                continue
            entered = first["reached_date"]
            taken = (second["reached_date"] - entered).days if second else None
            in_time = taken is not None and 0 <= taken <= step["window_days"]
            has_pace = not any(row[flag] for row in (first, second or first) for flag in FLAGS)
            waits = second is None and not any(end >= entered for end in ends)
            for member in funnel.members(cycle):
                key = (entered.replace(day=1), step["from_stage"], step["to_stage"], *member)
                cohort = found[key]
                cohort.entered += 1
                cohort.converted += in_time
                cohort.days += [taken] if in_time and has_pace and taken is not None else []
                cohort.open_days += [(funnel.as_of - entered).days] if waits else []
    return found


def _percentile(days: list[int], share: Fraction) -> Fraction | None:
    """Between two neighbours as far as the share lies between them."""
    if not days:
        return None
    ordered = sorted(days)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _near(found: object, wanted: Fraction | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return abs(Fraction(str(found)) - wanted) < SIX_DECIMALS


def test_conversion_pace_and_open_age_of_every_member(sample: RunHome, funnel: Funnel) -> None:
    wanted = _cohorts(funnel)
    found = {
        row[:5]: row[5:]
        for row in sample.query(
            "select cohort_month, from_stage, to_stage, dimension, member, entered_count, "
            "converted_count, measured_count, open_count, conversion_rate, p50_days, p75_days, "
            "open_p50_days, open_p75_days, is_mature from funnel.rpt_funnel_cohort_member"
        )
    }
    assert unlike(dict.fromkeys(found), dict.fromkeys(wanted)) == {}
    windows = {(step["from_stage"], step["to_stage"]): step["window_days"] for step in funnel.steps}
    for key, cohort in wanted.items():
        counts, figures, is_mature = found[key][:4], found[key][4:9], found[key][9]
        measured, waiting = len(cohort.days), len(cohort.open_days)
        assert counts == (cohort.entered, cohort.converted, measured, waiting), key
        expected = (
            Fraction(cohort.converted, cohort.entered),
            *(_percentile(cohort.days, share) for share in QUARTERS),
            *(_percentile(cohort.open_days, share) for share in QUARTERS),
        )
        assert all(map(_near, figures, expected)), key
        last_day = (key[0] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        assert is_mature == (last_day + timedelta(days=windows[key[1:3]]) <= funnel.as_of), key
    assert {key[3] for key in wanted} == {"all", *DIMENSIONS}
    assert len({key[4] for key in wanted if key[3] == "team"}) > 2
    assert len({key[4] for key in wanted if key[3] == "persona"}) > 3


def test_flow_of_every_member(sample: RunHome, funnel: Funnel) -> None:
    entries: Counter[tuple[Any, ...]] = Counter()
    order: dict[str, int] = {}
    for cycle, stages in funnel.stages.items():
        for row in stages.values():
            if row["is_side_state"]:
                continue
            order[row["stage"]] = row["stage_order"]
            for member in funnel.members(cycle):
                entries[row["reached_date"].replace(day=1), *member, row["stage"]] += 1
    stages_in_order = sorted(order, key=lambda stage: order[stage])
    wanted = {}
    for cell in {key[:3] for key in entries}:
        before = None
        for stage in stages_in_order:
            count = entries[*cell, stage]
            wanted[*cell, stage] = (count, before, Fraction(count, before) if before else None)
            before = count
    found = {
        row[:4]: row[4:]
        for row in sample.query(
            "select flow_month, dimension, member, stage, entered_count, preceding_count, "
            "flow_rate from funnel.rpt_funnel_flow_member"
        )
    }
    assert unlike(dict.fromkeys(found), dict.fromkeys(wanted)) == {}
    for key, (count, before, rate) in wanted.items():
        assert found[key][:2] == (count, before), key
        assert _near(found[key][2], rate), key

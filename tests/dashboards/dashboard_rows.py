"""Rows of the invented company; every number follows from its place, none is drawn.

Here: one function per published table. Not here: writing them to a file (dashboard_marts.py).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from math import cos, sin
from typing import Any

from dashboard_company import (
    AS_OF,
    CHANNEL_GROUPS,
    FIRST_MONTH,
    GUARDS,
    KPIS,
    MEMBERS,
    RUN_ID,
    SALES_STAGES,
    SIDE_STATES,
    SOURCE_OBJECTS,
    STAGES,
    STEPS,
    VERSION,
    Kpi,
)

Row = tuple[Any, ...]
GRAIN_MONTHS = {"month": 1, "quarter": 3, "year": 12}
LAST_MONTH_SHARE = 0.68  # the last month is under way


def all_rows() -> dict[str, list[Row]]:
    """Table -> its rows."""
    return {
        "core.dim_date": dates(),
        "core.dim_stage": stages(),
        "core.dim_sales_stage": [
            (stage, stage, label, at, stage != "discovery")
            for at, (stage, label, _) in enumerate(SALES_STAGES)
        ],
        "kpi.dim_kpi": [_definition(at, kpi) for at, kpi in enumerate(KPIS, start=1)],
        "kpi.rpt_kpi": [row for salt, kpi in enumerate(KPIS) for row in _values(salt, kpi)],
        "funnel.rpt_funnel_flow": list(_flow()),
        "funnel.rpt_funnel_cohort": list(_cohorts()),
        "funnel.rpt_pipeline_daily": list(_pipeline()),
        "core.dim_channel": [(f"c-{name}", name, name) for name in CHANNEL_GROUPS],
        "core.fct_touch": list(_touches()),
        "core.fct_subscription_month": list(_recurring()),
        "attribution.rpt_channel_performance": list(_performance()),
        "attribution.rpt_spend_maturity": list(_maturity()),
        "ops.ops_run": [
            ("20261120T060002-1c09", "2026-11-20", "0.1.0", "2026-11-20 06:00:02", None, "done"),
            (RUN_ID, AS_OF, "0.1.0", "2026-11-21 06:00:03", None, "running"),
        ],
        "ops.ops_publish_log": [
            (RUN_ID, group, "published", VERSION, VERSION, None)
            for group in ("core", "demand", "pipeline", "unit_economics", "ops")
        ],
        "ops.ops_guard_result": [_guard(*guard) for guard in GUARDS],
        "ops.ops_source_load": [
            ("file_drop", "crm_export", name, RUN_ID, rows, bad, "2026-11-21 06:00:05")
            for name, rows, bad in SOURCE_OBJECTS
        ],
    }


def months() -> list[date]:
    """First days from the first month to the as-of date's."""
    first = FIRST_MONTH.year * 12 + FIRST_MONTH.month - 1
    last = AS_OF.year * 12 + AS_OF.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(first, last + 1)]


def dates() -> list[Row]:
    """Three calendar years, which are the fiscal years."""
    days = [FIRST_MONTH + timedelta(days=number) for number in range(1096)]
    return [(day, day.year, (day.month - 1) // 3 + 1, day.month) for day in days]


def stages() -> list[Row]:
    """Stages in order, then side states."""
    listed = [*((row, False) for row in STAGES), *((row, True) for row in SIDE_STATES)]
    return [
        (stage, stage, label, "side_state" if is_side else "funnel", at, owner, is_side)
        for at, ((stage, label, owner, _), is_side) in enumerate(listed)
    ]


def _wave(at: int, salt: int) -> float:
    """Growth, a season and a little unevenness."""
    season = 1 + 0.13 * sin(at * 0.9 + salt) + 0.06 * cos(at * 2.3 + salt * 1.7)
    return (0.72 + 0.011 * at) * season


def _shares(dimension: str, at: int) -> list[tuple[str, float]]:
    raw = [
        (1 / (rank + 1.4)) * (1 + 0.22 * sin(at * 0.7 + rank * 2.1))
        for rank in range(len(MEMBERS[dimension]))
    ]
    return [
        (member, share / sum(raw))
        for member, share in zip(MEMBERS[dimension], raw, strict=True)
    ]  # fmt: skip


def _definition(at: int, kpi: Kpi) -> Row:
    is_ratio = kpi.unit == "ratio"
    return (
        *(kpi.kpi, kpi.label),
        f"{kpi.label} as both teams count them, test and internal records left out.",
        "sum of numerators / sum of denominators" if is_ratio else "sum over the period",
        *(kpi.unit, "ratio" if is_ratio else "sum"),
        "close_date" if kpi.owner == "sales" else "created_date",
        *(kpi.owner, kpi.group, kpi.adds_up),
        f"{kpi.days} days after the period ends" if kpi.days else "when the period has ended",
        *(1, at if kpi.is_headline else None, "EUR", VERSION),
    )


def _values(salt: int, kpi: Kpi) -> Iterator[Row]:
    for grain, length in GRAIN_MONTHS.items():
        prior: dict[tuple[str, str], Decimal] = {}
        for start in (month for month in months() if (month.month - 1) % length == 0):
            at = months().index(start)
            matures = start + timedelta(days=31 * length - 3 + kpi.days)
            for dimension, member, amount, goal in _cells(salt, kpi, at, length):
                value = _rounded(amount, kpi.unit)
                below = Decimal(round(70 * length * _wave(at, salt)))
                is_ratio = kpi.unit == "ratio"
                yield (
                    *(kpi.kpi, kpi.group, grain, start, dimension, member, value),
                    round(value * below) if is_ratio else value,
                    below if is_ratio else None,
                    None if goal is None else _rounded(goal, kpi.unit),
                    prior.get((dimension, member)),
                    *(matures <= AS_OF, None, VERSION),
                )
                prior[(dimension, member)] = value


def _cells(
    salt: int, kpi: Kpi, at: int, length: int
) -> Iterator[tuple[str, str, float, float | None]]:
    """Dimension, member, value and target of one period."""
    last = len(months()) - 1
    waves = [
        _wave(month, salt) * (LAST_MONTH_SHARE if month == last and kpi.adds_up else 1)
        for month in range(at, min(at + length, last + 1))
    ]
    if kpi.adds_up:
        value, target = kpi.size * sum(waves), kpi.size * length * (0.78 + 0.011 * at)
    else:
        value = kpi.size * (1 + 0.3 * (sum(waves) / len(waves) - 0.9))
        target = kpi.size * 1.04
    yield "all", "all", value, target if kpi.has_target else None
    for dimension in kpi.dimensions:
        for member, share in _shares(dimension, at):
            has_target = kpi.has_target and kpi.adds_up and dimension == "team"
            part = value * share if kpi.adds_up else value * (0.7 + share * 3)
            yield dimension, member, part, target * share if has_target else None


def _rounded(amount: float, unit: str) -> Decimal:
    digits = {"count": 0, "currency": 2, "ratio": 6, "days": 1, "months": 1}[unit]
    return Decimal(str(round(amount, digits)))


def _quality(rank: int) -> float:
    return 1 + 0.25 * sin(rank * 1.3)


def _flow() -> Iterator[Row]:
    for at, month in enumerate(months()):
        size = 620 * _wave(at, 0) * (LAST_MONTH_SHARE if month == months()[-1] else 1)
        for stage, _, _, reach in (*STAGES, *SIDE_STATES):
            for rank, (channel, share) in enumerate(_shares("channel", at)):
                count = round(size * share * reach * (_quality(rank) if reach < 1 else 1))
                for segment, part in (("Enterprise", count // 3), ("SMB", count - count // 3)):
                    if part:
                        yield month, stage, channel, segment, part, None


def _cohorts() -> Iterator[Row]:
    reach = {stage: share for stage, _, _, share in STAGES}
    for at, month in enumerate(months()):
        for from_stage, to_stage, window in STEPS:
            for rank, (channel, share) in enumerate(_shares("channel", at)):
                entered = round(620 * _wave(at, 0) * share * reach[from_stage])
                rate = reach[to_stage] / reach[from_stage] * _quality(rank)
                converted = min(entered, round(entered * rate))
                yield (
                    *(month, channel, channel, "SMB", from_stage, to_stage, entered, converted),
                    round(converted / entered, 6) if entered else None,
                    *(window, month + timedelta(days=31 + window) <= AS_OF, 12, 20),
                )


def _pipeline() -> Iterator[Row]:
    for number in range(420):
        day = AS_OF - timedelta(days=419 - number)
        for rank, (stage, _, probability) in enumerate(SALES_STAGES):
            for place, team in enumerate(MEMBERS["team"]):
                wave = 1 + 0.16 * sin(number / 29 + rank) + 0.05 * sin(number / 6 + place)
                size = 310_000 / (1 + 0.35 * rank) / (1 + 0.3 * place)
                amount = round(size * (0.8 + number / 1300) * wave, 2)
                parts = [round(amount * part, 2) for part in (1, probability, 0.14, 0.06)]
                yield day, team, stage, round(amount / 21_000), *parts, 0


def _guard(guard: str, group: str, table: str) -> Row:
    if guard == "channel_unmapped_share":
        found = ("warning", "warned", "4.1 %", "at most 3 %", "utm_source=bing-ads", table)
        return RUN_ID, guard, group, *found, "31 of 756 leads fit no rule of channels.csv."
    return (
        *(RUN_ID, guard, group, "critical", "passed", "0 rows", "0 rows"),
        *(None, table, "as expected"),
    )


def _touches() -> Iterator[Row]:
    """As many a month as the group's place says, one of a machine, one that no channel knows."""
    for month in range(35):
        first = _month_after(FIRST_MONTH, month)
        for at, name in enumerate(CHANNEL_GROUPS, start=1):
            for number in range(at):
                yield f"{month}-{name}-{number}", first, f"c-{name}", None
        yield f"{month}-bot", first, "c-direct", "bot"
        yield f"{month}-lost", first, "c-nowhere", "person"


def _recurring() -> Iterator[Row]:
    for month in range(35):
        first = _month_after(FIRST_MONTH, month)
        yield f"{month}-one", first, "a-1", 1200 + 100 * month, True
        yield f"{month}-two", first, "a-1", 300, True
        yield f"{month}-other", first, "a-2", 500, True
        yield f"{month}-test", first, "a-3", 9999, False


def _performance() -> Iterator[Row]:
    """Search pays off, display costs and wins nothing, e-mail wins and costs nothing."""
    for month in range(35):
        first = _month_after(FIRST_MONTH, month)
        for model, part in (("first", 3), ("linear", 1)):
            for role in ("touch", "conversion"):
                told = (model, role)
                yield first, "c-paid_search", "paid_search", *told, 1000, part / 2, 2000 * part
                yield first, "c-display", "display", *told, 400, 0, 0
                yield first, "c-email", "email", *told, 0, 1, 700 * part
                yield first, "c-press", "press", *told, 0, 0, 0


def _maturity() -> Iterator[Row]:
    """Revenue of 500 a month of age; the newest age of each month is not over."""
    for month in range(35):
        first = _month_after(FIRST_MONTH, month)
        for age in range(35 - month):
            for model in ("first", "linear"):
                told = (model, 1000, 500 * age, age < 34 - month)
                yield first, age, "c-paid_search", "paid_search", *told
                yield first, age, "c-email", "email", model, 0, 9999, True


def _month_after(first: date, months: int) -> date:
    return date(
        first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1, 1
    )

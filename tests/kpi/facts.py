"""Random small facts: the parents of the KPI models, and the same as plain Python objects.

Belongs here: which columns the KPI models read. Does not: what the KPIs should be (expected_kpis).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from orchestration.company.kpi_products import product_levels
from orchestration.company.kpis import KpiDefinition, read_kpis
from orchestration.company.rules_tables import kpi_row
from tests.kpi.awareness import Awareness, make_awareness_tables, random_awareness
from tests.kpi.calendar_rows import calendar_rows, months_later
from tests.kpi.compiled import PROJECT, make_table
from tests.kpi.customer_facts import (
    ACCOUNTS,
    FIRST_PAID,
    CustomerFacts,
    make_customer_parents,
    random_customers,
)
from tests.kpi.pipeline_facts import PipelineFacts, make_pipeline_parents, random_pipeline

AS_OF = date(2026, 6, 18)
FIRST = date(2025, 11, 20)
CHANNELS = {"k1": "email", "k2": "search", "k3": "not_recorded", "k4": "direct"}
DIRECT = "k4"
PRODUCTS = {"p1": "Basic", "p2": "Plus"}
TEAMS = ("North", "South")
# Who answers for records by their number; employees of the oracle bear their team's name.
EMPLOYEES = (*TEAMS, "teamless", None, "North")
SEGMENTS = ("small", None)
PERSONAS = ("champion", "user")
STAGES = ("known", "mql", "sql", "opportunity", "won")
STEP = ("from_stage", "to_stage", "window_days", "conversion_order")
STEPS = (("known", "mql"), ("sql", "opportunity"), ("opportunity", "won"))
REGIONS = ("EU", "US", None)
MONEY = "decimal(18,2)"


@dataclass
class Facts:
    """What happened, and what was decided."""

    start_month: int
    won_window_days: int | None
    step_window_days: int | None
    definitions: dict[str, KpiDefinition]
    persons: list[dict[str, Any]] = field(default_factory=list)
    opportunities: list[dict[str, Any]] = field(default_factory=list)
    bookings: list[dict[str, Any]] = field(default_factory=list)
    ad_days: list[dict[str, Any]] = field(default_factory=list)
    costs: list[dict[str, Any]] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    awareness: Awareness = field(default_factory=Awareness)
    pipeline: PipelineFacts = field(default_factory=PipelineFacts)
    customers: CustomerFacts = field(default_factory=CustomerFacts)
    handoffs: list[dict[str, Any]] = field(default_factory=list)
    expires_after_days: int | None = None

    @property
    def steps(self) -> dict[tuple[str, str], int]:
        """The window of each step; without a number there is no such step."""
        days, until_won = self.step_window_days, self.won_window_days
        found = {} if days is None else {step: days for step in STEPS}
        return found if until_won is None else {**found, ("known", "won"): until_won}

    @property
    def window_days(self) -> int | None:
        """The window from known to won, else those of all steps together."""
        return self.won_window_days or sum(self.steps.values()) or None


def random_facts(seed: int) -> Facts:
    """Make facts around the as-of date; some seeds have no spend, no amounts or nothing at all."""
    random = Random(seed)  # noqa: S311
    definitions, problems = read_kpis(Path(PROJECT / "kpis"), "kpis")
    assert not problems
    facts = Facts(
        random.choice((1, 2, 7)),
        random.choice((None, 20, 60)),
        random.choice((None, 15, 30)),
        definitions,
    )
    if seed == 0:
        return facts
    size = random.randint(1, 25)
    has_amounts, has_spend = random.random() < 0.8, random.random() < 0.7
    facts.persons = [_person(random, number) for number in range(size)]
    facts.opportunities = [_deal(random, number, has_amounts) for number in range(size)]
    facts.bookings = [_booking(random, number, has_amounts) for number in range(size)]
    if has_spend:
        facts.awareness = random_awareness(random, FIRST, ["k2", "k4"])
        facts.ad_days = facts.awareness.ads
    facts.costs = [
        {
            "channel_key": random.choice(("k1", "k2", None)),
            "category": random.choice(("media", "events", "people", "commission")),
            "business_function": random.choice(("marketing", "sdr", "sales", "customer_success")),
            "reach": random.choice(("broad", "account")),
            "amount": _money(random),
            "budget_amount": _money(random, 0.6),
            "cost_month": _day(random).replace(day=1),
        }
        for _ in range(random.randint(0, 9))
    ]
    for cost in facts.costs:
        cost["channel_name"] = CHANNELS.get(cost["channel_key"] or "")
    facts.handoffs = [_handoff(random, number) for number in range(random.randint(0, 12))]
    facts.expires_after_days = random.choice((None, 7, 14))
    facts.targets = [
        {"kpi": kpi, "team": team, "target_month": months_later(FIRST, month), "target_value": 10}
        for kpi in ("bookings", "win_rate")
        for team in ("all", "North", "West")
        for month in range(-9, 15)
        if random.random() < 0.9
    ]
    facts.pipeline = random_pipeline(random, FIRST, AS_OF)
    for deal in facts.opportunities:
        deal["account_key"] = random.choice(list(ACCOUNTS))
    for number, line in enumerate(facts.bookings):
        _belong_to_a_deal(line, facts.bookings[number // 2 * 2], number // 2)
    facts.customers = random_customers(random, facts.opportunities, AS_OF)
    return facts


def _belong_to_a_deal(line: dict[str, Any], first: dict[str, Any], number: int) -> None:
    """Make a line one of a deal, whose lines are alike but for product and amounts."""
    shared = ("channel_key", "segment", "region", "team", "owner_employee_key", "booking_date")
    line |= {name: first[name] for name in shared} | {"opportunity_key": f"deal{number}"}


def _day(random: Random) -> date:
    return FIRST + timedelta(days=random.randint(0, 230))


def _money(random: Random, known: float = 1.0) -> Decimal | None:
    return Decimal(random.randint(0, 10**6)) / 100 if random.random() < known else None


def _common(random: Random) -> dict[str, Any]:
    return {
        "channel_key": random.choice(list(CHANNELS)),
        "segment": random.choice(SEGMENTS),
        "region": random.choice(REGIONS),
    }


def _person(random: Random, number: int) -> dict[str, Any]:
    known = _day(random)
    mql = known + timedelta(days=random.randint(0, 40)) if random.random() < 0.6 else None
    won = known + timedelta(days=random.randint(0, 90)) if random.random() < 0.3 else None
    return {
        **_common(random),
        "person_key": f"person{number}",
        "cycle_number": 1,
        "has_lead": random.random() < 0.8,
        "owner_employee_key": random.choice((*TEAMS, None)),
        "started_at": datetime.combine(known, time(9)),
        "known": known,
        "mql": mql if mql and mql <= AS_OF else None,
        "sql": mql + timedelta(days=9) if mql and random.random() < 0.5 else None,
        "opportunity": won - timedelta(days=random.randint(0, 40)) if won else None,
        "persona": random.choice((*PERSONAS, None)),
        "without_pace": {
            stage: random.choice((None, None, None, None, *WITHOUT_PACE)) for stage in STAGES
        },
        "won": won if won and won <= AS_OF else None,
        "won_amount": _money(random, 0.8) if won and won <= AS_OF else None,
    }


def _handoff(random: Random, number: int) -> dict[str, Any]:
    """One hand-off; some people come back in a second cycle, some of these twice."""
    assigned = _day(random)
    cycle, is_answered = random.choice((1, 1, 2)), random.random() < 0.7
    decision = random.choice(("accepted", "accepted", "rejected", "expired", "open"))
    decided = assigned + timedelta(days=random.randint(0, 9)) if decision != "open" else None
    mql = assigned - timedelta(days=random.randint(0, 20)) if random.random() < 0.8 else None
    return {
        **_common(random),
        "segment": random.choice(("small", "unknown")),
        "region": random.choice(("EU", "unknown")),
        "handoff_key": f"handoff{number:02d}",
        "owner_employee_key": EMPLOYEES[number % len(EMPLOYEES)],
        "person_key": f"person{random.randint(0, 4)}",
        "cycle_number": cycle,
        "team": random.choice((*TEAMS, "unknown")),
        "decision": decision,
        "is_due": is_answered or random.random() < 0.5,
        "is_breached": random.random() < 0.4,
        "waited_business_minutes_from_mql": Decimal(random.randint(0, 90000)) / 4,
        "assigned_date": assigned,
        "decided_date": decided,
        "returned_date": _returned(random, decision, decided),
        "due_date": assigned + timedelta(days=random.randint(0, 3)),
        "mql_date": mql,
        "mql_at": datetime.combine(mql, time(9)) if mql else None,
        "assigned_at": datetime.combine(assigned, time(10)),
    }


def _returned(random: Random, decision: str, decided: date | None) -> date | None:
    """What is not accepted comes back as it is decided; of the rest some later."""
    if decided is None or decision != "accepted":
        return decided
    later = decided + timedelta(days=random.randint(0, 60))
    return later if later <= AS_OF and random.random() < 0.4 else None


def _deal(random: Random, number: int, has_amounts: bool) -> dict[str, Any]:
    created, outcome = _day(random), random.choice(("open", "won", "won", "lost"))
    closed = created + timedelta(days=random.randint(0, 60))
    return {
        **_common(random),
        "opportunity_key": f"deal{number}",
        "owner_employee_key": EMPLOYEES[number % len(EMPLOYEES)],
        "primary_product_key": random.choice((*PRODUCTS, None)),
        "team_at_creation": random.choice(TEAMS),
        "team_at_close": random.choice((*TEAMS, "unknown")),
        "amount": _money(random, 0.7 if has_amounts else 0),
        "first_amount": _money(random, 0.5 if has_amounts else 0),
        "sales_cycle_days": (closed - created).days if outcome == "won" else None,
        "is_won": outcome == "won",
        "is_lost": outcome == "lost",
        "is_reportable": random.random() < 0.9,
        "opportunity_type": random.choice(("new", "expansion", "renewal")),
        **{
            f"sourced_by_{rule}": random.choice(("marketing", "sdr", "not_recorded"))
            for rule in SOURCING_RULES
        },
        "is_marketing_influenced": number % 3 > 0,
        "created_date": created,
        "pipeline_date": random.choice((None, created, closed)),
        "close_date": closed,
    }


def _booking(random: Random, number: int, has_amounts: bool) -> dict[str, Any]:
    return {
        **_common(random),
        "booking_key": f"line{number}",
        "owner_employee_key": EMPLOYEES[number // 2 % len(EMPLOYEES)],
        "product_key": random.choice(list(PRODUCTS)),
        "team": random.choice(TEAMS),
        "amount": _money(random, 0.8 if has_amounts else 0),
        "list_amount": _money(random, 0.7),
        "cost_amount": _money(random, 0.6),
        "recurring_amount": random.choice((None, Decimal(0), _money(random))),
        "term_months": random.choice((None, 6, 12, 24, 36)),
        "booking_date": _day(random),
    }


WITHOUT_PACE = ("is_skipped", "is_inferred", "is_bulk_load")
SOURCING_RULES = ("field", "first_touch", "presales_touch")
DIMENSIONS = {"channel_key": "varchar", "segment": "varchar", "region": "varchar"}
HANDOFF = {
    "handoff_key": "varchar", "person_key": "varchar", "cycle_number": "integer", **DIMENSIONS,
    "owner_employee_key": "varchar", "team": "varchar", "decision": "varchar",
    "is_due": "boolean", "is_breached": "boolean",
    "waited_business_minutes_from_mql": "decimal(18,6)", "assigned_date": "date",
    "decided_date": "date", "returned_date": "date", "due_date": "date",
    "mql_at": "timestamp", "assigned_at": "timestamp",
}  # fmt: skip
OPPORTUNITY = {
    "opportunity_key": "varchar", "account_key": "varchar", "owner_employee_key": "varchar",
    **DIMENSIONS,
    "primary_product_key": "varchar",
    "team_at_creation": "varchar", "team_at_close": "varchar", "amount": MONEY,
    "sales_cycle_days": "bigint", "is_won": "boolean", "is_lost": "boolean",
    "is_reportable": "boolean", "created_date": "date", "pipeline_date": "date",
    "close_date": "date", "opportunity_type": "varchar", "is_marketing_influenced": "boolean",
    **dict.fromkeys((f"sourced_by_{rule}" for rule in SOURCING_RULES), "varchar"),
}  # fmt: skip


def make_parents(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    """Write the facts as the tables that the KPI models read."""
    _make_decisions(connection, facts)
    make_pipeline_parents(connection, facts.pipeline)
    make_customer_parents(connection, facts.customers)
    make_table(
        connection,
        "intermediate.int_person_cycles",
        {
            "person_key": "varchar", "cycle_number": "integer", **DIMENSIONS,
            "owner_employee_key": "varchar", "has_lead": "boolean", "started_at": "timestamp",
            "first_lead_key": "varchar",
        },
        facts.persons,
    )  # fmt: skip
    stages = [
        {
            **person,
            "stage": stage,
            "reached_date": person[stage],
            "is_side_state": False,
            **{name: person["without_pace"][stage] == name for name in WITHOUT_PACE},
        }
        for person in facts.persons
        for stage in STAGES
        if person[stage] and person[stage] <= AS_OF
    ]
    make_table(
        connection,
        "funnel.fct_person_stage",
        {
            "person_key": "varchar", "cycle_number": "integer", "channel_key": "varchar",
            "stage": "varchar", "reached_date": "date", "is_side_state": "boolean",
            **dict.fromkeys(WITHOUT_PACE, "boolean"),
        },
        stages,
    )  # fmt: skip
    make_table(connection, "funnel.fct_handoff", HANDOFF, facts.handoffs)
    make_table(
        connection,
        "intermediate.int_person_cycle_wins",
        {
            "person_key": "varchar", "cycle_number": "integer", "won_amount": MONEY,
            "first_won_date": "date",
        },
        [{**person, "first_won_date": person["won"]} for person in facts.persons if person["won"]],
    )  # fmt: skip
    make_table(connection, "core.fct_opportunity", OPPORTUNITY, facts.opportunities)
    states = [
        {
            **deal,
            "is_open": True,
            "valid_from": datetime.combine(date(2025, 1, day), time()),
            "amount": amount,
        }
        for deal in facts.opportunities
        for day, amount in ((1, None), (2, deal["first_amount"]), (3, deal["amount"]))
    ]
    make_table(
        connection,
        "core.fct_opportunity_history",
        {
            "opportunity_key": "varchar", "is_open": "boolean", "amount": MONEY,
            "valid_from": "timestamp",
        },
        states,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_booking",
        {
            "booking_key": "varchar", "opportunity_key": "varchar",
            "owner_employee_key": "varchar", **DIMENSIONS,
            "product_key": "varchar", "team": "varchar", "amount": MONEY, "list_amount": MONEY,
            "cost_amount": MONEY, "recurring_amount": MONEY, "term_months": "bigint",
            "booking_date": "date",
        },
        facts.bookings,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_ad_performance_daily",
        {
            "channel_key": "varchar", "spend": MONEY, "spend_date": "date",
            "impressions": "bigint", "clicks": "bigint", "engagements": "bigint",
        },
        facts.ad_days,
    )  # fmt: skip
    make_awareness_tables(connection, facts.awareness, facts.persons)
    make_table(
        connection,
        "core.fct_cost_monthly",
        {
            "cost_monthly_key": "varchar", "channel_key": "varchar", "channel_name": "varchar",
            "category": "varchar", "business_function": "varchar", "reach": "varchar",
            "amount": MONEY, "budget_amount": MONEY, "is_rate_missing": "boolean",
            "cost_month": "date",
        },
        facts.costs,
    )  # fmt: skip


def _make_decisions(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    make_table(
        connection,
        "staging.stg_company__as_of",
        {"as_of_date": "date"},
        [{"as_of_date": AS_OF}],
    )
    make_table(
        connection,
        "staging.stg_company__settings",
        {"time_zone": "varchar", "reporting_currency": "varchar"},
        [{"time_zone": "UTC", "reporting_currency": "EUR"}],
    )
    kinds = {
        "is_additive": "boolean",
        **dict.fromkeys(("contract_version", "headline_order", "at_most"), "integer"),
    }
    levels = product_levels(facts.definitions)
    make_table(
        connection,
        "staging.stg_company__kpi_definitions",
        {
            **{name: kinds.get(name, "varchar") for name in KpiDefinition.model_fields},
            "product_level": "integer",
        },
        [
            {**kpi_row(definition), "product_level": levels[kpi]}
            for kpi, definition in facts.definitions.items()
        ],
    )
    make_table(
        connection,
        "staging.stg_company__conversions",
        {
            "from_stage": "varchar",
            "to_stage": "varchar",
            "window_days": "integer",
            "conversion_order": "integer",
        },
        [
            dict(zip(STEP, (*step, days, place), strict=True))
            for place, (step, days) in enumerate(facts.steps.items())
        ],
    )
    make_table(
        connection,
        "staging.stg_published__kpi_history",
        {
            **dict.fromkeys(("kpi", "kpi_group", "period_grain", "dimension", "member"), "varchar"),
            "value": "decimal(38,6)",
            **dict.fromkeys(("period_start", "known_from", "known_to"), "date"),
        },
        [],
    )
    make_table(
        connection,
        "staging.stg_company__handoff_slas",
        {"segment": "varchar", "expires_after_days": "integer"},
        [{"segment": "*", "expires_after_days": facts.expires_after_days}],
    )
    make_table(
        connection,
        "core.dim_channel",
        {"channel_key": "varchar", "channel_name": "varchar"},
        [{"channel_key": key, "channel_name": name} for key, name in CHANNELS.items()],
    )
    make_table(
        connection,
        "core.dim_product",
        {"product_key": "varchar", "product_name": "varchar", "is_unknown": "boolean"},
        [
            {"product_key": key, "product_name": name, "is_unknown": False}
            for key, name in PRODUCTS.items()
        ],
    )
    make_table(
        connection,
        "intermediate.int_employee_teams",
        {"employee_key": "varchar", "team": "varchar", "team_from": "date", "team_to": "date"},
        [{"employee_key": team, "team": team, "team_from": date(1, 1, 1)} for team in TEAMS],
    )
    make_table(
        connection,
        "core.dim_date",
        {
            "date_day": "date", "month_start_date": "date", "fiscal_quarter_start_date": "date",
            "fiscal_year_start_date": "date",
        },
        list(calendar_rows(FIRST_PAID, months_later(AS_OF, 12), facts.start_month)),
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_target",
        {"kpi": "varchar", "team": "varchar", "target_month": "date", "target_value": MONEY},
        facts.targets,
    )

"""What has to be the same from raw to the marts: rows and sums, per currency, as pairs of queries.

Each case says with a query on raw what a later layer has to hold, and with another what it holds.
Raw means the newest delivery of each key, by docs/glossary.md's rule and not by staging's SQL.

Belongs here: the cases. Does not: running them (test_sums.py), or rules that only one layer knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.canonical import load_entities

SHOWN = 5


@dataclass(frozen=True)
class Case:
    """Two queries that must give the same rows: the first columns say which, the rest how much."""

    name: str
    raw: str
    later: str


def newest(entity: str) -> str:
    """The raw rows of an entity, of each key the newest: by dataset, change, file, place in it."""
    definition = load_entities()[entity]
    key = ", ".join(("_source_name", *definition.key))
    changed = "updated_at desc nulls last, " if "updated_at" in definition.fields else ""
    return (
        f"(select * from raw_file_drop.{entity} qualify row_number() over (partition by {key} "
        f"order by _dataset_rank, {changed}_file_rank desc, _row_number desc) = 1)"
    )


def _sums(table: str, group: Sequence[str], measures: Sequence[str], where: str = "true") -> str:
    groups = "".join(f"coalesce(cast({name} as varchar), '-'), " for name in group)
    sums = "".join(f", coalesce(sum({measure}), 0)" for measure in measures)
    by = f"group by {', '.join(group)}" if group else ""
    return f"select {groups}count(*){sums} from {table} where {where} {by}"


# Entity: by what, the measures in raw and in staging, in conformed, in the mart, which tables.
TRAVELLERS: Mapping[str, tuple[Sequence[str], Mapping[str, Sequence[str]]]] = {
    "opportunities": (
        ["currency_code"],
        {"raw": ["amount", "quantity"],
         "conformed.conformed_opportunities": ["amount_local", "quantity"]},
    ),
    "opportunity_history": (
        ["currency_code"],
        {"raw": ["amount"], "conformed.conformed_opportunity_history": ["amount_local"]},
    ),
    "invoices": (
        ["currency_code"],
        {"raw": ["amount"], "conformed.conformed_invoice_lines": ["amount_local"],
         "core.fct_invoice_line": ["amount_local"]},
    ),
    "payments": (
        ["currency_code"],
        {"raw": ["amount"], "conformed.conformed_payments": ["amount_local"],
         "core.fct_payment": ["amount_local"]},
    ),
    "refunds": (
        ["currency_code"],
        {"raw": ["amount"], "conformed.conformed_refunds": ["amount_local"],
         "core.fct_refund": ["amount_local"]},
    ),
    "ad_spend": (
        ["currency_code", "platform"],
        {"raw": ["spend", "impressions", "clicks"],
         "conformed.conformed_ad_spend": ["spend_local", "impressions", "clicks"],
         "core.fct_ad_performance_daily": ["spend_local", "impressions", "clicks"]},
    ),
    "subscriptions": (
        ["currency_code"],
        {"raw": ["recurring_amount"],
         "conformed.conformed_subscriptions": ["recurring_amount_local"]},
    ),
    "message_sends": (
        ["programme"],
        {"raw": ["cast(coalesce(is_delivered, true) as integer)",
                 "cast(clicked_at is not null as integer)",
                 "cast(unsubscribed_at is not null as integer)"],
         "conformed.conformed_message_sends": ["cast(is_delivered as integer)",
                 "cast(clicked_at is not null as integer)",
                 "cast(unsubscribed_at is not null as integer)"],
         "core.fct_message_send": ["cast(delivered as integer)", "cast(clicked as integer)",
                 "cast(unsubscribed as integer)"]},
    ),
    "touches": ([], {"raw": [], "conformed.conformed_touches": [], "core.fct_touch": []}),
    "activities": (
        [],
        {"raw": ["cast(not coalesce(is_automated, false) as integer)"],
         "conformed.conformed_activities": ["cast(is_human as integer)"],
         "core.fct_activity": ["cast(is_human as integer)"]},
    ),
    "cases": ([], {"raw": [], "conformed.conformed_cases": [], "core.fct_case": []}),
    "surveys": (
        [],
        {"raw": ["score"], "conformed.conformed_survey_responses": ["score"],
         "core.fct_survey_response": ["score"]},
    ),
    "feedback": ([], {"raw": [], "conformed.conformed_feedback": [], "core.fct_feedback": []}),
    "referrals": ([], {"raw": [], "conformed.conformed_referrals": [], "core.fct_referral": []}),
    "reach_windows": (
        ["platform"],
        {"raw": ["reach"], "conformed.conformed_reach_windows": ["reach"],
         "core.fct_reach_window": ["reach"]},
    ),
    "brand_metrics": (
        [],
        {"raw": ["branded_searches", "direct_sessions"],
         "conformed.conformed_brand_metrics": ["branded_searches", "direct_sessions"]},
    ),
    "content_performance": (
        [],
        {"raw": ["impressions", "reads", "engagements"],
         "conformed.conformed_content_performance": ["impressions", "reads", "engagements"]},
    ),
    "leads": ([], {"raw": ["score"], "conformed.conformed_leads": ["score"]}),
    "people": ([], {"raw": [], "conformed.conformed_people": []}),
    "accounts": (
        [],
        {"raw": ["employee_count", "annual_revenue"],
         "conformed.conformed_accounts": ["employee_count", "annual_revenue"]},
    ),
    "costs": (["currency_code"], {"raw": ["amount", "budget_amount"]}),
    "compensation_overrides": (
        ["currency_code"],
        {"raw": ["amount"], "conformed.conformed_compensation_overrides": ["amount_local"],
         "compensation.comp_override": ["amount"]},
    ),
    "payroll_returns": (
        ["currency_code"],
        {"raw": ["paid_amount"], "conformed.conformed_payroll_returns": ["paid_amount_local"]},
    ),
    "quotas": (
        ["currency_code"],
        {"raw": ["quota_amount"], "conformed.conformed_quotas": ["quota_amount_local"],
         "compensation.comp_quota": ["amount"]},
    ),
    "plan_assignments": (["currency_code"], {"raw": ["target_amount"]}),
    "opportunity_splits": ([], {"raw": ["share"]}),
    "compensation_disputes": (
        [],
        {"raw": [], "conformed.conformed_compensation_disputes": [],
         "compensation.comp_dispute": []},
    ),
    "employee_absences": ([], {"raw": [], "conformed.conformed_employee_absences": []}),
    "lead_history": ([], {"raw": []}),
    "opportunity_contact_roles": ([], {"raw": []}),
    "record_merges": ([], {"raw": [], "core.fct_record_merge": []}),
    "opportunity_lines": (
        ["currency_code"],
        {"raw": ["amount", "recurring_amount", "cost_amount", "quantity"]},
    ),
}  # fmt: skip


def _travellers() -> Iterator[Case]:
    """Rows and sums of what is neither joined away nor merged on its way."""
    for entity, (group, layers) in TRAVELLERS.items():
        raw = _sums(newest(entity), group, layers["raw"])
        staging = f"staging.stg_file_drop__{entity}"
        yield Case(f"{entity} -> {staging}", raw, _sums(staging, group, layers["raw"]))
        for table, measures in layers.items():
            if table != "raw":
                yield Case(f"{entity} -> {table}", raw, _sums(table, group, measures))


LINES = newest("opportunity_lines")
DEALS = newest("opportunities")

ARITHMETIC = [
    Case(
        "lines that are not deleted are conformed",
        _sums(LINES, ["currency_code"], ["amount", "recurring_amount", "cost_amount", "quantity"],
              "not coalesce(is_deleted, false)"),
        _sums("conformed.conformed_opportunity_lines", ["currency_code"],
              ["amount_local", "recurring_amount_local", "cost_amount_local", "quantity"]),
    ),
    Case(
        "every opportunity is in the mart, reportable or not, with its own amount where it has one",
        _sums(DEALS, ["currency_code"], ["amount"], "amount is not null"),
        _sums("core.fct_opportunity", ["currency_code"], ["amount_local"],
              "not is_amount_from_lines and amount_local is not null"),
    ),
    Case(
        "every opportunity is in the mart once",
        _sums(DEALS, ["opportunity_id"], []),
        _sums("core.fct_opportunity", ["source_id"], []),
    ),
    Case(
        "an opportunity without an amount is worth its lines, in the currency that they share",
        f"select lines.opportunity_id, min(lines.currency_code), sum(lines.amount) from {LINES} "
        f"as lines inner join {DEALS} as deals using (_source_name, opportunity_id) "
        "where deals.amount is null and not coalesce(lines.is_deleted, false) "
        "group by all having count(lines.currency_code) = count(*) and "
        "count(distinct lines.currency_code) = 1 and sum(lines.amount) is not null",
        "select source_id, currency_code, amount_local from core.fct_opportunity as deals "
        "where is_amount_from_lines and amount_local is not null and 1 = (select "
        "count(distinct coalesce(currency_code, '-')) from conformed.conformed_opportunity_lines "
        "as lines where lines.opportunity_key = deals.opportunity_key)",
    ),
    Case(
        "a booking is every line of a reportable won opportunity, in the line's own currency",
        _sums(f"{LINES} as lines inner join core.fct_opportunity as deals "
              "on lines.opportunity_id = deals.source_id and lines._source_name = "
              "deals.source_instance", ["lines.currency_code"], ["lines.amount", "lines.quantity"],
              "deals.is_won and deals.is_reportable and not coalesce(lines.is_deleted, false)"),
        _sums("core.fct_booking as bookings", ["currency_code"], ["amount_local", "quantity"],
              "exists (from conformed.conformed_opportunity_lines as lines where "
              "lines.opportunity_key = bookings.opportunity_key) and product_key not in (select "
              "product_key from core.dim_product where product_group = 'unallocated')"),
    ),
    Case(
        "the bookings of an opportunity with an amount, its unallocated rest among them, sum to it",
        "select opportunity_key, amount from core.fct_opportunity "
        "where is_won and is_reportable and amount is not null",
        "select opportunity_key, sum(bookings.amount) from core.fct_booking as bookings "
        "inner join core.fct_opportunity as deals using (opportunity_key) "
        "where deals.amount is not null group by opportunity_key",
    ),
    Case(
        "an opportunity without lines is one booking of its local amount",
        f"select deals.opportunity_id, deals.currency_code, deals.amount from {DEALS} as deals "
        "inner join core.fct_opportunity as facts on deals.opportunity_id = facts.source_id "
        "and deals._source_name = facts.source_instance "
        f"anti join (from {LINES} where not coalesce(is_deleted, false)) as lines "
        "on deals.opportunity_id = lines.opportunity_id "
        "where facts.is_won and facts.is_reportable",
        "select deals.source_id, bookings.currency_code, bookings.amount_local "
        "from core.fct_booking as bookings "
        "inner join core.fct_opportunity as deals using (opportunity_key) where not exists "
        "(from conformed.conformed_opportunity_lines as lines "
        "where lines.opportunity_key = deals.opportunity_key)",
    ),
    Case(
        "a subscription is a row of each month at whose end it is active; the last validity counts",
        "select months.month_start_date, coalesce(currency_code, '-'), count(*), "
        "coalesce(sum(recurring_amount), 0) from (select rows.*, months.month_start_date "
        f"from {newest('subscriptions')} as rows inner join (select month_start_date, "
        "least(max(date_day), (select as_of_date from rules.as_of)) as state_date "
        "from core.dim_date where month_start_date <= (select as_of_date from rules.as_of) "
        "group by 1) as months on rows.valid_from <= months.state_date "
        "and coalesce(rows.valid_to, date '9999-12-31') > months.state_date "
        "qualify row_number() over (partition by _source_name, subscription_id, "
        "months.month_start_date order by valid_from desc) = 1) as months group by all",
        "select subscription_month, coalesce(currency_code, '-'), count(*), "
        "coalesce(sum(recurring_amount_local), 0) from core.fct_subscription_month group by all",
    ),
    Case(
        "costs of the company folder and of systems are conformed side by side",
        _sums("(select currency_code, amount, budget_amount from rules.cost union all "
              f"select currency_code, amount, budget_amount from {newest('costs')})",
              ["currency_code"], ["amount", "budget_amount"]),
        _sums("conformed.conformed_costs", ["currency_code"],
              ["amount_local", "budget_amount_local"]),
    ),
    Case(
        "a month's costs are worth their lines, each rounded at the rate of the month's last day",
        "select cost_month, sum(round(amount * rate, 2)) from ("
        "select costs.*, case when currency_code = (select reporting_currency from rules.settings) "
        "then 1.000000000 else (select rate from rules.fx_rate as rates where rates.currency_code "
        "= costs.currency_code and valid_from <= last_day(cost_month) "
        "and coalesce(valid_to, date '9999-12-31') > last_day(cost_month)) end as rate from ("
        "select cast(cost_month as date) as cost_month, currency_code, amount from rules.cost "
        "union all select cast(date_trunc('month', cost_month) as date), currency_code, amount "
        f"from {newest('costs')}) as costs) group by cost_month "
        "having count(rate) = count(*) and count(amount) > 0",
        "select cost_month, sum(amount) from core.fct_cost_monthly group by cost_month "
        "having not bool_or(is_rate_missing) and count(amount) > 0",
    ),
    Case(
        "what was done with content, however many words of a source mean one channel",
        "select performance_date, coalesce(sum(impressions), 0), coalesce(sum(reads), 0), "
        f"coalesce(sum(engagements), 0) from {newest('content_performance')} group by all",
        "select performance_date, coalesce(sum(impressions), 0), coalesce(sum(reads), 0), "
        "coalesce(sum(engagements), 0) from core.fct_content_performance_daily group by all",
    ),
    Case(
        "a brand's weeks, whoever counted them",
        f"select distinct brand, market, week_start from {newest('brand_metrics')}",
        "select brand, market, week_start from core.fct_brand_metric",
    ),
    Case(
        "targets are those of the company folder",
        "select kpi, coalesce(team, 'all'), target_month, target_value from rules.target",
        "select kpi, team, target_month, target_value from core.fct_target",
    ),
    Case(
        "accounts, and the unknown one",
        f"select count(*) + 1 from {newest('accounts')}",
        "select count(*) from core.dim_account",
    ),
    Case(
        "products, the unknown and the unallocated one",
        f"select count(*) + 2 from {newest('products')}",
        "select count(*) from core.dim_product",
    ),
    Case(
        "content assets, and the unknown one",
        f"select count(*) + 1 from {newest('content_assets')}",
        "select count(*) from core.dim_content_asset",
    ),
]  # fmt: skip

CASES = [*_travellers(), *ARITHMETIC]


def broken_cases(warehouse: Path, hash_key: str) -> list[str]:
    """The cases that do not hold, each with the rows of which one side says otherwise."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set variable concord_hash_key = $1", [hash_key])
        return [line for case in CASES for line in broken(connection, case)]


def broken(connection: duckdb.DuckDBPyConnection, case: Case) -> Iterator[str]:
    """What does not hold of one case."""
    sides = {"raw": case.raw, "later": case.later}
    for here, there in (("raw", "later"), ("later", "raw")):
        rows = connection.execute(
            f"with one as ({sides[here]}), other as ({sides[there]}) "
            "select * from one except all select * from other order by all"
        ).fetchall()
        if rows:
            shown = ", ".join(str(tuple(map(str, row))) for row in rows[:SHOWN])
            yield f"{case.name}: {len(rows)} rows only in {here}: {shown}"

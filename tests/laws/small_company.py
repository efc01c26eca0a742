"""A company of a few customers, cut out of the sample company: one build of it takes seconds.

Belongs here: which rows it has, and its folder. Does not: what happens to them (history.py).
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from sample_company.schemas import ARROW, entity_types
from sample_company.story import SEED
from sample_company.tiles import ENTITY_OF, tell_tile
from tests.conftest import ROOT

Row = dict[str, Any]
Rows = dict[str, list[Row]]  # by dataset

AS_OF = date(2024, 8, 31)
# Customers that have something of everything early on, one with three deals, a competitor.
ACCOUNTS = frozenset({"A-013", "A-024", "A-030", "A-045", "A-058", "A-059", "A-060"})
SYSTEMS = {
    "crm": ("accounts", "people", "leads", "lead_history", "opportunities", "opportunity_history",
            "opportunity_lines", "contact_roles", "record_merges", "activities", "refunds",
            "products", "campaigns"),
    "marketing": ("ad_spend", "costs"),
    "ad_platforms": ("ad_performance",),
    "web": ("touches",),
    "letters": ("message_sends", "content_assets", "content_performance", "reach_windows",
                "brand_metrics"),
    "billing": ("subscriptions", "invoices", "payments"),
    "success": ("cases", "surveys", "feedback", "referrals", "check_ins"),
    "sales_engagement": ("follow_ups",),
    "sales_performance": ("opportunity_splits", "plan_assignments", "quotas",
                          "compensation_overrides", "compensation_disputes", "employee_absences",
                          "payroll_returns"),
}  # fmt: skip
# Two months of them; the second restates days of the first.
RESTATED = ("ad_performance/2023-11-30", "ad_performance/2023-12-31")
# Enough of those who are nobody's customer.
STRANGERS, VISITORS, OF_EACH_REST = 15, 40, 40
MASTER_DATA = ("campaigns", "products", "content_assets")


@cache
def _told() -> Mapping[str, list[Row]]:
    delivered = tell_tile(0, SEED)[0]
    rows = {name: table.to_pylist() for name, table in delivered.items() if "/" not in name}
    return {**rows, "ad_performance": [r for name in RESTATED for r in delivered[name].to_pylist()]}


def entity_of(dataset: str) -> str:
    """The canonical entity of a dataset."""
    return ENTITY_OF.get(dataset, dataset)


def small_rows() -> Rows:
    """The rows of the small company; the caller may change them."""
    told = {name: [dict(row) for row in rows if _is_early(row)] for name, rows in _told().items()}
    told |= {name: [dict(row) for row in _told()[name]] for name in MASTER_DATA}
    rows = {"accounts": [row for row in _told()["accounts"] if row["account_id"] in ACCOUNTS]}
    for name in ("people", "opportunities", "subscriptions", "invoices", "payments",
                 "surveys", "feedback", "check_ins"):  # fmt: skip
        rows[name] = [row for row in told[name] if row["account_id"] in ACCOUNTS]
    for name in ("opportunity_history", "opportunity_lines", "contact_roles", "opportunity_splits"):
        deals = {row["opportunity_id"] for row in rows["opportunities"]}
        rows[name] = [row for row in told[name] if row["opportunity_id"] in deals]
    wanted = {row["lead_id"] for row in rows["opportunities"]}
    known = [row for row in told["leads"] if row["account_id"] in ACCOUNTS]
    strangers = [row for row in told["leads"] if row["account_id"] is None][:STRANGERS]
    rows["leads"] = known[:30] + strangers
    rows["leads"] += [
        row for row in known[30:] if row["lead_id"] in wanted or row["is_test"] or row["is_deleted"]
    ]
    leads = {row["lead_id"] for row in rows["leads"]}
    deals = {row["opportunity_id"] for row in rows["opportunities"]}
    rows["activities"] = [
        row
        for row in told["activities"]
        if row["lead_id"] in leads or row["opportunity_id"] in deals
    ]
    named = [row for row in told["touches"] if row["lead_id"] in leads]
    visitors = {row["anonymous_id"] for row in named} - {None}
    strange = {row["anonymous_id"] for row in told["touches"][:VISITORS]}
    rows["touches"] = named + [
        row
        for row in told["touches"]
        if row["lead_id"] not in leads and row["anonymous_id"] in visitors | strange
    ]
    for name in ("message_sends", "follow_ups", "lead_history"):
        rows[name] = [row for row in told[name] if row["lead_id"] in leads]
    rows["record_merges"] = told["record_merges"]
    for name in ("ad_spend", "ad_performance", "brand_metrics", "content_performance",
                 "reach_windows", "referrals"):  # fmt: skip
        rows[name] = told[name][:: max(1, len(told[name]) // OF_EACH_REST)]
    for name in SYSTEMS["sales_performance"][1:]:
        rows[name] = [dict(row) for row in _told()[name][:OF_EACH_REST]]
    rows |= {name: told[name] for name in MASTER_DATA}
    # Won deals that are worth their lines, that have none, and that are taken back in part.
    won = [row for row in rows["opportunities"] if row["sales_stage"] == "Closed Won"]
    for deal in won[:2]:
        deal["amount"] = None
    without_lines = {deal["opportunity_id"] for deal in won[2:4]}
    rows["opportunity_lines"] = [
        row for row in rows["opportunity_lines"] if row["opportunity_id"] not in without_lines
    ]
    rows["refunds"] = _refunds(won[2:])
    rows["costs"] = _costs()
    # Nobody has opened a case so early.
    rows["cases"] = [
        {**case, "account_id": owner["account_id"], "person_id": owner["person_id"],
         "opened_at": owner["created_at"], "resolved_at": None}
        for case, owner in zip(_told()["cases"][:6], rows["people"], strict=False)
    ]  # fmt: skip
    return rows


def _is_early(row: Row) -> bool:
    """Whether all that the row says happened by the as-of date, but for ends that are open."""
    ends = ("valid_to", "due_date", "close_date", "end_date", "customer_since_date")
    moments = [value for name, value in row.items() if name not in ends]
    last = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC)
    return all(
        value <= (last if isinstance(value, datetime) else AS_OF)
        for value in moments
        if isinstance(value, date)
    )


def _refunds(won: list[Row]) -> list[Row]:
    return [
        {
            "refund_id": f"R-{number}",
            "opportunity_id": deal["opportunity_id"],
            "refund_date": AS_OF,
            "amount": deal["amount"] / 4 // 1 + Decimal("0.37"),
            "currency_code": deal["currency_code"],
            "reason": "cancelled",
        }
        for number, deal in enumerate(won[:3])
    ]


def _costs() -> list[Row]:
    return [
        {
            "cost_id": f"K-{month}-{currency}",
            "cost_month": date(2024, month, 1),
            "business_function": "marketing",
            "category": "events",
            "amount": Decimal(f"{1000 + month}.{month:02}"),
            "budget_amount": Decimal(900),
            "currency_code": currency,
        }
        for month in range(2, 7)
        for currency in ("EUR", "USD", "GBP")
    ]


def write_company(folder: Path) -> None:
    """Write the company's folder; its systems deliver into `delivered` beside it."""
    shutil.copytree(ROOT / "company", folder)
    systems = {
        system: {
            "loader": "file_drop",
            "options": {"folder": "../delivered"},
            "datasets": {dataset: _dataset(dataset) for dataset in datasets},
        }
        for system, datasets in SYSTEMS.items()
    }
    old = yaml.safe_load((folder / "sources.yml").read_text())
    # What other systems of the sample company tell, its CRM tells here.
    records = {
        entity: system if entity in map(entity_of, SYSTEMS.get(system, ())) else "crm"
        for entity, system in old["system_of_record"].items()
    }
    content = {"sources": systems, "system_of_record": records}
    (folder / "sources.yml").write_text(yaml.safe_dump(content, sort_keys=False))
    set_as_of(folder, AS_OF)
    # A ledger remembers what was known when; a home that lived and a fresh one then differ rightly.
    file = folder / "company.yml"
    file.write_text(re.sub(r"(?m)^compensation: .*$", "", file.read_text()))
    _keep(folder / "costs.csv", "cost_month", lambda text: "2024-05" <= text < "2024-09")
    _keep(folder / "targets.csv", "target_month", lambda text: text < "2025-05")


def _dataset(dataset: str) -> dict[str, Any]:
    entity = entity_of(dataset)
    return {
        "entity": entity,
        "files": f"{dataset}/*.parquet",
        "columns": {name: name for name in entity_types(entity) or {}},
        "optional": True,
    }


def set_as_of(folder: Path, day: date) -> None:
    """Let the company's day be another."""
    file = folder / "company.yml"
    file.write_text(re.sub(r"(?m)^as_of_date: .*$", f"as_of_date: {day}", file.read_text()))


def _keep(file: Path, column: str, is_kept: Any) -> None:
    with file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if is_kept(row[column]))


def write_delivery(file: Path, dataset: str, rows: list[Row]) -> None:
    """Write one delivered file in the canonical raw schema."""
    types = entity_types(entity_of(dataset)) or {}
    schema = pa.schema([(name, ARROW[kind]) for name, kind in types.items()])
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        pa.Table.from_pylist([{name: row.get(name) for name in types} for row in rows], schema),
        file,
    )

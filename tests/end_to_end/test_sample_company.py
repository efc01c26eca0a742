"""The sample company: the command, its summary, and the planted truth."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sample_company.pay import BROKEN_DELIVERIES
from tests.conftest import ROOT, Finished
from tests.end_to_end.conftest import RunHome
from tests.unlike import unlike

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

KPI_ROWS = "select * exclude (publish_version) from kpi.rpt_kpi order by all"
ADDRESS = r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"
SIMULATED = {
    "crm": "Salesforce",
    "letters": "HubSpot",
    "google_ads": "Google Ads",
    "meta_ads": "Meta Ads",
    "linkedin_ads": "LinkedIn Ads",
}


@dataclass(frozen=True)
class Second:
    """The same home run once more, with nothing new; the KPIs that were published before it."""

    finished: Finished
    before: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def second(sample: RunHome) -> Second:
    before = sample.query(KPI_ROWS)
    return Second(sample.again(), before)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / "sample_company" / "truth.json").read_text())
    return content


def test_the_summary_says_what_happened(sample: RunHome) -> None:
    text = sample.finished.out
    for words in ("Rows", "Guards", "0 failed", "Published", "dashboard", "Win rate", "Bookings"):
        assert words in text
    assert "Traceback" not in sample.finished.text


def test_published_files_are_where_the_contract_says(sample: RunHome) -> None:
    assert (sample.home / "published" / "current").is_symlink()
    for path in ("marts.duckdb", "dashboard/index.html", "data_docs/index.html", "manifest.json"):
        assert (sample.current / path).is_file()
    assert (sample.current / "parquet" / "kpi" / "rpt_kpi.parquet").is_file()


def test_every_published_table_carries_its_version(sample: RunHome) -> None:
    without = sample.query(
        "select schema_name, table_name from duckdb_tables() except "
        "select schema_name, table_name from duckdb_columns() "
        "where column_name = 'publish_version'"
    )
    assert [table for schema, table in without if schema != "ops"] == []


def test_no_mart_holds_an_email_address(sample: RunHome) -> None:
    texts = sample.query(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where data_type = 'VARCHAR' and schema_name in ('core', 'funnel', 'kpi', 'ops')"
    )
    assert len(texts) > 100
    columns: dict[str, list[str]] = {}
    for schema, table, column in texts:
        columns.setdefault(f"{schema}.{table}", []).append(column)
    leaks = []
    for table, names in columns.items():
        holds = ", ".join(f"""bool_or(regexp_matches("{name}", '{ADDRESS}'))""" for name in names)
        ((*found,),) = sample.query(f"select {holds} from {table}")
        leaks += [f"{table}.{name}" for name, is_leak in zip(names, found, strict=True) if is_leak]
    assert leaks == []


def test_the_hash_key_is_private(sample: RunHome) -> None:
    key = sample.home / "state" / "hash_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = key.read_text().strip()
    for path in sample.home.rglob("*"):
        if path.is_file() and path != key:
            assert secret.encode() not in path.read_bytes(), path


def test_quarantine_holds_the_planted_rows(
    sample: RunHome, crm_files: RunHome, truth: dict[str, Any]
) -> None:
    """Salesforce takes no text for an amount: those rows are broken in its exports only."""
    assert sample.value("select count(*) from ops.ops_quarantine") == len(BROKEN_DELIVERIES) > 0
    planted = len(truth["broken_rows"]) + len(BROKEN_DELIVERIES)
    assert crm_files.value("select count(*) from ops.ops_quarantine") == planted


def test_systems_are_read_through_simulators_that_are_gone(sample: RunHome, second: Second) -> None:
    for text in (sample.finished.out, second.finished.out):
        for name, vendor in SIMULATED.items():
            assert f"Simulated {name} by the {vendor} simulator" in " ".join(text.split())
    processes = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    tied = [line for line in processes if b"sample_company.simulators" in line]
    assert [line for line in tied if str(os.getpid()).encode() in line] == []
    requests = sample.query(
        "select guard, observed from ops.ops_guard_result where guard like 'pulled_%'"
    )
    # Of platforms: token, accounts with currency and zone, restated days of campaigns and of ads,
    # their totals, names.
    most = {"crm": 1, "letters": 1, "google_ads": 6, "meta_ads": 5, "linkedin_ads": 6}
    for name, count in most.items():
        assert (f"pulled_{name}", f"0 rows, {count} requests") in requests


def test_status_and_a_second_run(sample: RunHome, second: Second) -> None:
    assert second.finished.code == 0, second.finished.text
    assert "(0 new or changed)" in second.finished.out
    after = sample.query(KPI_ROWS)
    assert unlike(dict.fromkeys(after), dict.fromkeys(second.before)) == {}
    # Views that did not change are kept; their tests and those that read them still run.
    counts = sample.query(
        "select run_id, count(*) from ops.ops_guard_result group by run_id having count(*) > 0"
    )
    assert len({count for _, count in counts}) == 1, counts
    status = sample.again("status")
    assert status.code == 0
    assert "succeeded" in status.out


@pytest.mark.usefixtures("second")
def test_rollback_and_back(sample: RunHome) -> None:
    newest = (sample.home / "published" / "current").readlink()
    assert sample.again("rollback").code == 0
    assert (sample.home / "published" / "current").readlink() != newest
    missing = sample.again("rollback", "--to", "999999")
    assert missing.code == 1
    assert "there is no version" in missing.text
    assert "Traceback" not in missing.text
    assert sample.again("rollback", "--to", newest.name).code == 0
    assert (sample.home / "published" / "current").readlink() == newest


def kpi(sample: RunHome, name: str, dimension: str, grain: str) -> dict[tuple[str, str], Decimal]:
    rows = sample.query(
        "select cast(period_start as varchar), member, value from kpi.rpt_kpi "
        "where kpi = ? and dimension = ? and period_grain = ? and coalesce(value, 0) <> 0",
        name,
        dimension,
        grain,
    )
    return {(start, member): value for start, member, value in rows}


@pytest.mark.parametrize(
    ("name", "dimension", "truth_name"),
    [
        ("opportunities_created", "team", "opportunities_created_by_team"),
        ("pipeline_created", "team", "pipeline_created_by_team"),
        ("deals_won", "team", "won_by_team"),
        ("bookings", "team", "bookings_by_team"),
        ("bookings", "channel", "bookings_by_channel"),
        ("bookings", "product", "bookings_by_product"),
    ],
)
def test_the_planted_truth_by_fiscal_quarter(
    sample: RunHome, truth: dict[str, Any], name: str, dimension: str, truth_name: str
) -> None:
    planted = {
        (quarter, member): Decimal(str(value))
        for quarter, members in truth[truth_name].items()
        for member, value in members.items()
        if value and member != "all" and quarter != "all"
    }
    assert kpi(sample, name, dimension, "quarter") == planted
    totals = {
        (quarter, "all"): Decimal(str(members["all"]))
        for quarter, members in truth[truth_name].items()
        if members.get("all") and quarter != "all"
    }
    if totals:
        assert kpi(sample, name, "all", "quarter") == totals


@pytest.mark.parametrize("name", ["win_rate", "price_realisation"])
def test_the_planted_ratios(sample: RunHome, truth: dict[str, Any], name: str) -> None:
    rows = sample.query(
        "select cast(period_start as varchar), numerator, denominator from kpi.rpt_kpi "
        "where kpi = ? and dimension = 'all' and period_grain = 'quarter' and denominator > 0",
        name,
    )
    found = {start: (above, below) for start, above, below in rows}
    assert found == {
        quarter: tuple(Decimal(part) for part in ratio.split("/"))
        for quarter, ratio in truth[name].items()
        if quarter != "all"
    }


def test_the_planted_sales_cycle(sample: RunHome, truth: dict[str, Any]) -> None:
    cycles = kpi(sample, "sales_cycle_days", "all", "quarter")
    planted = {
        (quarter, "all"): Decimal(str(days))
        for quarter, days in truth["sales_cycle_days_median"].items()
        if days is not None and quarter != "all"
    }
    assert cycles == planted


def test_the_planted_spend(sample: RunHome, truth: dict[str, Any]) -> None:
    rows = sample.query(
        "select strftime(spend_date, '%Y-%m'), platform, sum(spend) "
        "from core.fct_ad_performance_daily where source_instance = platform group by 1, 2"
    )
    found = {(month, platform): spend for month, platform, spend in rows}
    planted = {
        (month, platform): Decimal(str(spend))
        for month, platforms in truth["ad_spend_by_platform"].items()
        for platform, spend in platforms.items()
        if platform != "all" and month != "all"
    }
    assert found == planted


def test_the_planted_open_pipeline(sample: RunHome, truth: dict[str, Any]) -> None:
    rows = sample.query(
        "select sales_stage_name, sum(open_count) from funnel.rpt_pipeline_daily "
        "inner join core.dim_sales_stage using (sales_stage) "
        "where pipeline_date = (select max(pipeline_date) from funnel.rpt_pipeline_daily) "
        "group by 1 having sum(open_count) > 0"
    )
    planted = dict(truth["open_opportunities_by_stage"]["all"])
    assert sum(count for _, count in rows) == planted.pop("all")
    assert dict(rows) == planted


def test_every_good_row_of_the_exports_comes_through_salesforce(
    sample: RunHome, truth: dict[str, Any]
) -> None:
    loads = sample.query(
        "select source_object, row_count, quarantined_count from ops.ops_source_load "
        "where source_instance = 'crm' "
        "and run_id = (select run_id from ops.ops_run order by started_at limit 1)"
    )
    assert {quarantined for _, _, quarantined in loads} == {0}
    found = {name: rows for name, rows, _ in loads}
    names = ("accounts", "people", "leads", "opportunities", "opportunity_lines", "products",
             "campaigns")  # fmt: skip
    assert {name: found[name] for name in names} == {
        name: truth["rows"][name]["good"] for name in names
    }
    # Two meetings went into the bin with their deal.
    assert found["tasks"] + found["events"] == truth["rows"]["activities"]["good"] - 2


def test_rows_in_are_rows_out_and_quarantined(crm_files: RunHome, truth: dict[str, Any]) -> None:
    sample = crm_files
    loads = sample.query(
        "select source_object, sum(row_count)::bigint, sum(quarantined_count)::bigint "
        "from ops.ops_source_load "
        "where run_id = (select run_id from ops.ops_run order by started_at limit 1) group by all"
    )
    generated = {
        folder.name: sum(pq.read_metadata(file).num_rows for file in folder.glob("*.parquet"))
        for folder in (sample.home / "sample_company" / "delivered").iterdir()
    }
    # The CRM calls its people contacts; every other object bears the name of its entity.
    planted = {
        "contacts" if name == "people" else name: (rows["good"], rows["quarantined"])
        for name, rows in truth["rows"].items()
        if name != "ad_spend"  # through the simulated platforms here, by the day
    }
    found = {name: (rows, quarantined) for name, rows, quarantined in loads}
    assert planted.items() <= found.items()
    others = {name: rows for name, rows in found.items() if name not in planted}
    assert len(others) >= 11
    broken = Counter(name for name, _, _ in BROKEN_DELIVERIES)
    assert others == {name: (generated[name] - broken[name], broken[name]) for name in others}


def test_the_waterfall_has_no_residual_and_tells_every_won_deal(sample: RunHome) -> None:
    residuals = sample.query(
        "select sum(case when movement = 'end' then -amount else amount end), "
        "sum(case when movement = 'end' then -opportunity_count else opportunity_count end) "
        "from funnel.rpt_pipeline_waterfall group by period_grain, period_start, team"
    )
    assert len(residuals) > 100
    assert set(residuals) == {(0, 0)}
    won = sample.query(
        "select period_grain, period_start, -sum(opportunity_count) "
        "from funnel.rpt_pipeline_waterfall where movement = 'won' group by all "
        "having sum(opportunity_count) <> 0 order by all"
    )
    assert won == sample.query(
        "select period_grain, period_start, value from kpi.rpt_kpi "
        "where kpi = 'deals_won' and dimension = 'all' and value <> 0 order by all"
    )

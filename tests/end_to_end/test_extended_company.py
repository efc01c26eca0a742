"""A company adds a field, a dimension, models and KPIs from its own folder; Concord stays as it is.

What is expected was counted by hand from the eight deals of extended_company.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import ROOT, RunHome, run_home
from tests.end_to_end.extended_company import write_company

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("extended_company")]


def concord_files() -> dict[str, str]:
    """Every file of Concord that a company could have to change, with what it holds."""
    outputs = ("target", "logs", "__pycache__")
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("dbt_project", "company", "orchestration")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not any(part in outputs for part in path.parts)
    }


@pytest.fixture(scope="session")
def before() -> dict[str, str]:
    return concord_files()


@pytest.fixture(scope="session")
def extended(before: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    place = tmp_path_factory.mktemp("extended")
    yield run_home(place / "home", CONCORD_COMPANY=str(write_company(place)))


def figures(extended: RunHome, kpi: str, dimension: str) -> dict[tuple[date, str], tuple[str, ...]]:
    """Numerator, denominator and value of each month and member."""
    rows = extended.query(
        "select period_start, member, numerator, denominator, value from kpi.rpt_kpi "
        "where kpi = $1 and dimension = $2 and period_grain = 'month'",
        kpi,
        dimension,
    )
    return {(start, member): tuple(map(_plain, parts)) for start, member, *parts in rows}


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


# What may not be published: addresses that the CRM keeps for accounts.
CONTACTS = """\
select
    account_key,
    attributes ->> 'billing_contact' as contact
from {{ ref('conformed_accounts') }}
"""
CONTACTS_YML = """\
models:
  - name: account_contacts
    description: One row per account (account_key).
    config: {meta: {publish_group: demand}}
    data_tests:
      - sound_table: {arguments: {key: [account_key]}}
    columns:
      - {name: account_key, data_type: varchar, description: The account.}
      - {name: contact, data_type: varchar, description: Who is written to.}
"""
JANUARY, FEBRUARY = date(2025, 1, 1), date(2025, 2, 1)


def test_the_field_is_a_dimension_that_bi_joins(extended: RunHome) -> None:
    assert extended.query(
        "select accounts.account_name, partners.partner_tier, count(*), sum(deals.amount) "
        "from core.fct_opportunity as deals "
        "inner join core.dim_account as accounts using (account_key) "
        "inner join company.dim_partner_account as partners using (account_key) "
        "group by all order by 1"
    ) == [
        ("Alpha", "gold", 4, Decimal(1400)),
        ("Beta", "silver", 2, Decimal(600)),
        ("Gamma", "none", 2, Decimal(750)),
    ]
    parquet = extended.current / "parquet" / "company" / "dim_partner_account.parquet"
    assert parquet.is_file()


def test_a_kpi_of_its_own_components_by_its_own_dimension(extended: RunHome) -> None:
    assert figures(extended, "partner_win_rate", "all") == {
        (JANUARY, "all"): ("2", "4", "0.5"),
        (FEBRUARY, "all"): ("1", "1", "1"),
    }
    assert figures(extended, "partner_win_rate", "partner_tier") == {
        (JANUARY, "gold"): ("2", "3", "0.666667"),
        (JANUARY, "silver"): ("0", "1", "0"),
        (FEBRUARY, "gold"): ("0", "0", ""),
        (FEBRUARY, "silver"): ("1", "1", "1"),
    }
    assert figures(extended, "partner_win_rate", "team") == {
        (JANUARY, "North"): ("1", "2", "0.5"),
        (JANUARY, "South"): ("1", "2", "0.5"),
        (FEBRUARY, "North"): ("0", "0", ""),
        (FEBRUARY, "South"): ("1", "1", "1"),
    }


def test_a_kpi_of_components_that_concord_counts(extended: RunHome) -> None:
    assert figures(extended, "won_per_created", "all") == {
        (JANUARY, "all"): ("3", "8", "0.375"),
        (FEBRUARY, "all"): ("1", "0", ""),
    }


def test_what_concord_counts_is_what_it_was(extended: RunHome) -> None:
    assert figures(extended, "win_rate", "all") == {
        (JANUARY, "all"): ("3", "6", "0.5"),
        (FEBRUARY, "all"): ("1", "1", "1"),
    }
    dimensions = extended.query("select distinct dimension from kpi.rpt_kpi where kpi = 'win_rate'")
    assert "partner_tier" not in {name for (name,) in dimensions}


def test_people_and_bi_read_it_like_any_other(extended: RunHome) -> None:
    assert extended.query(
        "select kpi_label, owner, dimensions from kpi.dim_kpi where kpi = 'partner_win_rate'"
    ) == [("Win rate with partners", "sales", "team,partner_tier")]
    shown = extended.again(
        "kpi", "partner_win_rate", "--by", "partner_tier", "--month", "2025-01"
    ).out
    for text in ("66.7%", "2 / 3", "made by   partner_deals", "company.dim_partner_account"):
        assert text in shown, shown
    asked = extended.again("query", "partner_win_rate", "--by", "month").out
    assert "2025-01-01            0.5000" in asked, asked


def test_steps_on_the_way_are_not_published(extended: RunHome) -> None:
    tables = extended.query("select table_name from duckdb_tables() where schema_name = 'company'")
    assert tables == [("dim_partner_account",)]


def test_its_tests_are_guards_of_its_group(extended: RunHome) -> None:
    found = extended.query(
        "select guard, table_name, kpi_group, status from ops.ops_guard_result "
        "where table_name like 'company%'"
    )
    dimension, step = "company.dim_partner_account", "company_internal.partner_deals"
    assert sorted((table, group, status) for _, table, group, status in found) == [
        (dimension, "pipeline", "passed"),
        (dimension, "pipeline", "passed"),
        (step, "core", "passed"),
        (step, "core", "passed"),
    ]
    names = {name for name, *_ in found}
    assert "assert_dim_partner_account_holds_no_addresses" in names
    assert "assert_company_components_are_declared" in names


def test_no_file_of_concord_is_touched(extended: RunHome, before: dict[str, str]) -> None:
    assert extended.finished.code == 0
    assert concord_files() == before


def test_an_address_in_a_published_model_holds_its_group_alone(extended: RunHome) -> None:
    """The last test of the home: it runs it again, with a model of the CRM's contacts."""
    models = Path(extended.environment["CONCORD_COMPANY"]) / "models"
    (models / "account_contacts.sql").write_text(CONTACTS)
    (models / "account_contacts.yml").write_text(CONTACTS_YML)
    again = extended.again()
    assert again.code != 0
    assert "assert_account_contacts_holds_no_addresses" in again.text, again.text
    assert "someone@alpha.example" not in again.text
    held = "select distinct kpi_group from ops.ops_guard_result where status = 'failed'"
    assert extended.query(held) == [("demand",)]
    assert extended.value("select count(*) from company.account_contacts") == 0
    assert extended.value("select count(*) from company.dim_partner_account") == 3

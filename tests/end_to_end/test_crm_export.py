"""The real CRM export holds the figures that were counted from its files by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.xdist_group("crm_export")]


def test_every_opportunity_arrives(crm_export: RunHome) -> None:
    assert crm_export.query(
        """
        select
            count(*), count(*) filter (where is_won), count(*) filter (where is_lost),
            count(*) filter (where sales_stage = 'engaging'),
            count(*) filter (where sales_stage = 'prospecting')
        from core.fct_opportunity
        """
    ) == [(8800, 4238, 2473, 1589, 500)]


def test_bookings_equal_the_closed_values(crm_export: RunHome) -> None:
    assert crm_export.value("select sum(amount) from core.fct_booking") == Decimal("10005534.00")
    assert crm_export.value(
        "select sum(value) from kpi.rpt_kpi "
        "where kpi = 'bookings' and period_grain = 'year' and dimension = 'all'"
    ) == Decimal("10005534")


def test_bookings_by_quarter_of_2017(crm_export: RunHome) -> None:
    rows = crm_export.query(
        "select cast(value as bigint) from kpi.rpt_kpi "
        "where kpi = 'bookings' and period_grain = 'quarter' and dimension = 'all' "
        "and period_start >= '2017-01-01' order by period_start"
    )
    assert [value for (value,) in rows] == [1134672, 3086111, 2982255, 2802496]


def test_the_waterfall_of_2017_by_quarter_has_no_residual(crm_export: RunHome) -> None:
    """Deals that are still open have no close date: they are due in no quarter."""
    rows = crm_export.query(
        "select period_start, team, "
        "sum(case when movement = 'end' then -amount else amount end), "
        "sum(case when movement = 'end' then -opportunity_count else opportunity_count end) "
        "from funnel.rpt_pipeline_waterfall where period_grain = 'quarter' group by all"
    )
    assert len({start for start, *_ in rows if start.year == 2017}) == 4
    assert len({team for _, team, *_ in rows}) == 6
    assert {rest for _, _, *rests in rows for rest in rests} == {0}
    moved = crm_export.query(
        "select movement, cast(sum(amount) as bigint), sum(opportunity_count)::bigint "
        "from funnel.rpt_pipeline_waterfall where period_grain = 'quarter' "
        "group by movement, movement_order having sum(opportunity_count) <> 0 "
        "order by movement_order"
    )
    assert {movement: moves for movement, *moves in moved if movement in ("won", "lost")} == {
        "won": [-10005534, -4238],
        "lost": [0, -2473],
    }


def test_the_six_teams_sum_to_the_total(crm_export: RunHome) -> None:
    teams = crm_export.query(
        "select member, sum(value) from kpi.rpt_kpi where kpi = 'bookings' "
        "and period_grain = 'year' and dimension = 'team' group by member having sum(value) <> 0"
    )
    assert len(teams) == 6
    assert sum(value for _, value in teams) == Decimal("10005534")


def test_list_value_and_price_realisation(crm_export: RunHome) -> None:
    assert crm_export.value("select sum(list_amount) from core.fct_booking") == 10023482
    realised = crm_export.value(
        "select numerator / denominator from (select sum(numerator) as numerator, "
        "sum(denominator) as denominator from kpi.rpt_kpi where kpi = 'price_realisation' "
        "and period_grain = 'year' and dimension = 'all')"
    )
    assert round(float(realised), 4) == 0.9982


def test_the_unknown_account_keeps_its_opportunities(crm_export: RunHome) -> None:
    assert (
        crm_export.value(
            "select count(*) from core.fct_opportunity inner join core.dim_account "
            "using (account_key) where is_unknown"
        )
        == 1425
    )


def test_an_alias_recognises_the_product(crm_export: RunHome) -> None:
    names = crm_export.query(
        "select product_name, count(*) from core.fct_opportunity as deals "
        "inner join core.dim_product as products "
        "on deals.primary_product_key = products.product_key "
        "where product_name like 'GTX%Pro' group by 1 order by 1"
    )
    assert names == [("GTX Plus Pro", 968), ("GTX Pro", 1480)]


def test_thirty_of_the_thirty_five_agents_own_deals(crm_export: RunHome) -> None:
    agents = "select count(*) from core.dim_employee where job_title is null"
    assert crm_export.value(agents) == 35
    assert (
        crm_export.value("select count(distinct owner_employee_key) from core.fct_opportunity")
        == 30
    )


def test_undated_prospects_are_dated_by_rule_and_flagged(crm_export: RunHome) -> None:
    assert crm_export.query(
        "select created_date_rule, sales_stage, cast(created_date as varchar), count(*) "
        "from core.fct_opportunity where is_created_date_inferred group by all"
    ) == [("as_of_date", "prospecting", "2017-12-31", 500)]


def test_a_second_run_changes_nothing(crm_export: RunHome) -> None:
    tables = [
        f"{schema}.{table}"
        for schema, table in crm_export.query(
            "select schema_name, table_name from duckdb_tables() where schema_name <> 'ops' "
            "order by all"
        )
    ]

    def contents() -> dict[str, tuple[int, int]]:
        return {
            table: crm_export.query(
                f"select count(*), coalesce(sum(hash(row_values)), 0) from "
                f"(select * exclude (publish_version) from {table}) as row_values"
            )[0]
            for table in tables
        }

    before = contents()
    assert crm_export.again().code == 0
    assert contents() == before
    assert len(before) > 20

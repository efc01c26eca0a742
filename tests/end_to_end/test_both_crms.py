"""The sample company through simulated Salesforce and HubSpot gives what its files give."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

# Who delivered a row, in which version; keys are made of both.
SOURCE_COLUMNS = {"source_system", "source_instance", "publish_version"}
# Of these the natural id is compared in the key's place, wherever the key stands.
NATURAL = {
    "account_key": ("core.dim_account", "source_id"),
    "campaign_key": ("core.dim_campaign", "source_id"),
    "product_key": ("core.dim_product", "source_id"),
    "opportunity_key": ("core.fct_opportunity", "source_id"),
    "activity_key": ("core.fct_activity", "source_id"),
    "person_key": ("core.dim_person", "email_hash"),
}
# The same record in another role.
ROLES = {
    "parent_account_key": "account_key",
    "referrer_account_key": "account_key",
    "referred_account_key": "account_key",
    "referrer_person_key": "person_key",
    "referred_person_key": "person_key",
    "primary_person_key": "person_key",
    "primary_product_key": "product_key",
}
# Keys of rows whose other columns say what they are.
ROW_KEYS = {
    "booking_key", "event_key", "handoff_key", "identity_link_key", "lead_key", "message_send_key",
    "opportunity_person_key", "opportunity_state_key", "referred_lead_key", "refund_key",
}  # fmt: skip
# HubSpot gives a message an id of its own.
OWN_IDS = {("core.fct_message_send", "source_id")}
# Salesforce takes what hangs on a deal into the bin with it: there is no history, no meeting and no
# line of a deal that was thrown away.
OF_ITS_LINES = ("core.fct_opportunity", "primary_product_key")
OF_A_LIVE_DEAL = """opportunity_key not in (
    select opportunity_key from {home}.core.fct_opportunity where exclusion_reason = 'deleted'
)"""
ONLY = {
    "core.fct_opportunity_history": OF_A_LIVE_DEAL,
    "core.fct_activity": f"opportunity_key is null or {OF_A_LIVE_DEAL}",
    "funnel.rpt_account_journey": f"opportunity_key is null or {OF_A_LIVE_DEAL}",
}
# The two meetings of that deal, in the month, quarter and year of those who held them.
OF_ITS_MEETINGS = ("funnel.rpt_rep_scorecard", "two_way_activity_count")
# They are also all that Sales did for that account in these months.
BUT_ITS_MEETINGS = {"kpi.rpt_alignment": "aspect <> 'target_account_overlap'"}
# Two changes in one second of Salesforce have a moment each.
TO_THE_SECOND = {("core.fct_opportunity_history", name) for name in ("valid_from", "valid_to")}


@pytest.fixture(scope="module")
def both(sample: RunHome, crm_files: RunHome) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both homes' marts, as catalogs `simulated` and `filed`."""
    with duckdb.connect() as connection:
        for name, home in (("simulated", sample), ("filed", crm_files)):
            marts = home.current / "marts.duckdb"
            connection.execute(f"attach '{marts}' as {name} (read_only)")
        yield connection


def tables(both: duckdb.DuckDBPyConnection, home: str) -> dict[str, list[str]]:
    rows = both.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_index) "
        "from duckdb_columns() where database_name = ? and schema_name <> 'ops' "
        "and schema_name in ('core', 'funnel', 'kpi') group by 1 order by 1",
        [home],
    ).fetchall()
    return dict(rows)


def select(home: str, table: str, columns: list[str]) -> str:
    """A query of what is comparable of a table."""
    shown = []
    for column in columns:
        key = ROLES.get(column, column)
        if column in SOURCE_COLUMNS | ROW_KEYS or (table, column) in OWN_IDS:
            continue
        if (table, column) == OF_ITS_MEETINGS:
            continue
        if key in NATURAL:
            source, natural = NATURAL[key]
            named = (
                f"(select any_value({natural}) from {home}.{source} as named "
                f'where named.{key} = marts."{column}")'
            )
            if (table, column) == OF_ITS_LINES:
                named = f"case when exclusion_reason is distinct from 'deleted' then {named} end"
            shown.append(f'{named} as "{column}"')
        elif (table, column) in TO_THE_SECOND:
            shown.append(f'date_trunc(\'second\', "{column}") as "{column}"')
        else:
            shown.append(f'"{column}"')
    where = {**ONLY, **BUT_ITS_MEETINGS}.get(table, "true").format(home=home)
    return f"select {', '.join(shown)} from {home}.{table} as marts where {where}"


def test_every_row_of_every_mart_is_the_same(both: duckdb.DuckDBPyConnection) -> None:
    found, filed = tables(both, "simulated"), tables(both, "filed")
    assert found == filed
    assert len(found) > 30
    wrong = {}
    for table, columns in found.items():
        one, other = (select(home, table, columns) for home in ("simulated", "filed"))
        for left, right in ((one, other), (other, one)):
            rows = both.execute(f"{left} except all {right}").fetchall()
            if rows:
                wrong[table] = (len(rows), rows[:2])
    assert wrong == {}


def test_the_bin_is_the_only_difference_in_rows(both: duckdb.DuckDBPyConnection) -> None:
    """The exceptions above are needed, and as small as they say."""
    for table in ONLY:
        counts = [
            both.execute(
                f"select count(*), count(*) filter (where {ONLY[table].format(home=home)}) "
                f"from {home}.{table}"
            ).fetchall()[0]
            for home in ("simulated", "filed")
        ]
        (simulated, kept), (filed, also_kept) = counts
        assert kept == also_kept
        assert 0 < filed - simulated <= 4


def test_no_other_meeting_is_missing_from_the_scorecards(both: duckdb.DuckDBPyConnection) -> None:
    table, column = OF_ITS_MEETINGS
    months = f"select sum({column}) from {{}}.{table} where period_grain = 'month'"  # noqa: S608
    counts = [both.execute(months.format(home)).fetchall()[0][0] for home in ("simulated", "filed")]
    assert counts[1] - counts[0] == 2
    overlaps = (
        "select count(*) from simulated.kpi.rpt_alignment as one "
        "inner join filed.kpi.rpt_alignment as other using (period_start, aspect) "
        "where one.value is distinct from other.value"
    )
    assert both.execute(overlaps).fetchall() == [(2,)]


def test_the_records_come_from_salesforce_with_the_ids_of_the_others(sample: RunHome) -> None:
    """No id of Salesforce's own stands where another system would look for its own."""
    for table in ("dim_account", "fct_opportunity", "dim_campaign", "dim_product", "fct_activity"):
        own = "regexp_matches(source_id, '^[0-9a-zA-Z]{18}$')"
        rows = sample.query(
            f"select count(*), count(*) filter (where {own}) from core.{table} "
            "where source_system = 'salesforce'"
        )
        assert rows[0][0] > 0
        assert rows[0][1] == 0, table


def test_the_letters_come_from_hubspot(sample: RunHome, crm_files: RunHome) -> None:
    """What is compared above was told by two systems, in every column that is."""
    told = (
        "select source_system, count(*), count(distinct person_key), count(distinct campaign_key), "
        "count(distinct content_asset_key), count(distinct rule), count(clicked_at), "
        "count(unsubscribed_at), count(*) filter (not delivered) from core.fct_message_send "
        "group by all"
    )
    (simulated,), (filed,) = sample.query(told), crm_files.query(told)
    assert (simulated[0], filed[0]) == ("hubspot", "file_drop")
    assert simulated[1:] == filed[1:]
    assert min(simulated[1:]) > 1

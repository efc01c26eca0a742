"""The sample company's organisation through the real connector: raw equals its truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.connectors.salesforce import bulk, rest
from sample_company.simulators.salesforce.sample import sample_organisation
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import assert_equal, live_rows

ROWS = {
    "accounts": 60, "campaigns": 13, "campaign_members": 677, "events": 550, "employees": 46,
    "leads": 1499, "lead_history": 2067, "opportunities": 323, "opportunity_contact_roles": 293,
    "opportunity_history": 1177, "opportunity_lines": 489, "opportunity_owner_history": 2,
    "opportunity_earlier_owners": 2,
    "people": 623, "products": 5, "tasks": 573,
}  # fmt: skip


@pytest.fixture(params=["REST", "Bulk"])
def velmora(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Meeting]:
    """The organisation, and how it is read: pages of 2,000, or jobs for all that needs two."""
    organisation = sample_organisation()
    organisation.clock.advance(timedelta(hours=1))
    threshold = 1_000_000 if request.param == "REST" else 1
    monkeypatch.setattr(bulk, "PAGE_ROWS", 900)
    monkeypatch.setattr(rest, "_HEADERS", {"Sforce-Query-Options": "batchSize=200"})
    options = {
        "bulk_threshold": threshold,
        "custom_fields": {"Opportunity": ["Account_Segment__c"], "Lead": ["Score__c"]},
    }
    yield from meet(organisation, tmp_path / "home", **options)


def test_every_row_and_every_cent_arrives(velmora: Meeting) -> None:
    velmora.organisation.create(
        "Opportunity", Name="Large", StageName="Proposal", Amount=Decimal("139000000.07"),
        CloseDate=velmora.until.date(), CurrencyIsoCode="USD",
    )  # fmt: skip
    velmora.organisation.clock.advance(timedelta(minutes=10))
    velmora.pull()
    is_bulk = velmora.options["bulk_threshold"] == 1
    assert bool(velmora.simulator.count(r"GET .*/results")) == is_bulk
    counts = assert_equal(velmora)
    assert {name: count for name, count in counts.items() if count} == ROWS | {
        "opportunities": ROWS["opportunities"] + 1,
        "opportunity_history": ROWS["opportunity_history"] + 1,
    }
    sums: Counter[str] = Counter()
    for row in velmora.organisation.truth_of("Opportunity"):
        if not row["IsDeleted"]:
            sums[row["CurrencyIsoCode"]] += row["Amount"]
    found: Counter[str] = Counter()
    for row in live_rows(velmora, "opportunities").values():
        found[row["currency_code"]] += row["amount"]
    assert found == sums
    assert sums["USD"] > 139_000_000


def test_a_second_run_asks_little_and_changes_nothing(velmora: Meeting) -> None:
    velmora.pull()
    files = {path: path.stat().st_mtime_ns for path in velmora.home.rglob("*.parquet")}
    velmora.organisation.clock.advance(timedelta(days=1))
    again = velmora.pull()
    assert sum(again.changed.values()) == 0
    # A token; three composite requests and a query for the 16 objects that are there; two that
    # are looked for.
    assert again.request_count == 7
    assert {path: path.stat().st_mtime_ns for path in velmora.home.rglob("*.parquet")} == files
    assert_equal(velmora)

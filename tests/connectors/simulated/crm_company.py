"""A company that reads a simulated CRM by the real commands, and a CRM with a year behind it.

Belongs here: what the CRM holds, how deliveries are damaged, what is delivered. Does not: tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow.parquet as pq

from orchestration.connectors.backfillable import RecordSource, day_source, sliced_objects
from orchestration.connectors.day_span import DaySpan
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.ingest.backfill import BackfillRequest, BackfillResult, backfill
from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from tests.connectors.simulated.life import young_organisation
from tests.connectors.simulated.source_company import SourceCompany
from tests.sample_company.simulators.conftest import HUBSPOT_STAGES

FIRST = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
# A record of each kind every so many days, from March to October.
DAYS_APART, RECORDS = 8, 28
# Objects of which the CRMs below have no record; to ask for them takes a test's time.
EMPTY = {
    "salesforce": ("Campaign", "CampaignMember", "Event", "ForecastingQuota", "OpportunitySplit",
                   "OpportunityLineItem", "Product2", "Task"),
    "hubspot": ("calls", "deal_splits", "emails", "goal_targets", "leads", "line_items",
                "meetings", "products", "tasks"),
}  # fmt: skip
Rows = dict[str, dict[str, tuple[Any, ...]]]


@dataclass
class CrmCompany(SourceCompany):
    """The company, its home, and the CRM that it reads."""

    simulator: SalesforceSimulator | HubSpotSimulator
    name: ClassVar[str] = "crm"

    def access(self) -> tuple[str, dict[str, Any], dict[str, str]]:
        simulator = self.simulator
        if isinstance(simulator, HubSpotSimulator):
            options = {"base_url": simulator.url, "leave_out": list(EMPTY["hubspot"])}
            return "hubspot", options, {"HUBSPOT_TOKEN": simulator.auth.private_token}
        auth = simulator.auth
        options = {"instance_url": simulator.url, "leave_out": list(EMPTY["salesforce"])}
        return "salesforce", options, {
            "SALESFORCE_CLIENT_ID": auth.client_id,
            "SALESFORCE_CLIENT_SECRET": auth.client_secret,
        }  # fmt: skip

    @property
    def organisation(self) -> Organisation:
        assert isinstance(self.simulator, SalesforceSimulator)
        return self.simulator.organisation

    @property
    def portal(self) -> Portal:
        assert isinstance(self.simulator, HubSpotSimulator)
        return self.simulator.portal

    @property
    def clock(self) -> Clock:
        is_hubspot = isinstance(self.simulator, HubSpotSimulator)
        return self.portal.clock if is_hubspot else self.organisation.clock

    def update(self, kind: str, record: str, **values: Any) -> None:
        """Somebody modifies a record now."""
        if isinstance(self.simulator, HubSpotSimulator):
            self.portal.update(kind, record, **values)
        else:
            self.organisation.update(kind, record, **values)

    def set_options(self, **options: Any) -> None:
        """Change options of the source."""
        self.options |= options
        self.write()

    def read_again(self, first: date, last: date, **more: Any) -> BackfillResult:
        """What the command does, in this process and without Dagster."""
        request = BackfillRequest("crm", DaySpan(first, last), **more)
        return backfill(self.settings, self.state, self.company, "run", request)

    def paths(self, dataset: str) -> list[Path]:
        return sorted((self.settings.deliveries_dir / "crm" / dataset).glob("*.parquet"))

    def delivered(self) -> Rows:
        """The newest row of every record, those marked as gone too, by dataset and id."""
        names = [name for name in self.source.datasets if self.paths(name)]
        return {name: self._rows(name, "true") for name in names}

    def held(self, dataset: str) -> dict[str, tuple[Any, ...]]:
        """The rows of one dataset that are not gone."""
        return self._rows(dataset, "not _is_gone")

    def _rows(self, dataset: str, condition: str) -> dict[str, tuple[Any, ...]]:
        """By id; the last value is the moment of the last modification."""
        columns = "_record_id, * exclude (filename, _record_id, _modified_at), _modified_at"
        return {row[0]: row[1:] for row in self.query(dataset, columns, condition)}

    def query(
        self, dataset: str, columns: str, condition: str = "not _is_gone"
    ) -> list[tuple[Any, ...]]:
        """Columns of the newest row of every record that is not gone."""
        listed = ", ".join(f"'{path}'" for path in self.paths(dataset))
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(
                f"select {columns} from (select * from read_parquet([{listed}], filename = true, "
                "union_by_name = true) qualify row_number() over "
                f"(partition by _record_id order by filename desc) = 1) where {condition}"
            ).fetchall()

    def damage(self, first: date, last: date) -> int:
        """Lose two of three delivered rows of these days; returns how many were lost.

        Of what has no days of its own (a deal's contacts, lists that are read whole) nothing.
        """
        count = 0
        for name in self.sliced_datasets():
            for path in self.paths(name):
                with duckdb.connect() as connection:
                    connection.execute("set TimeZone = 'UTC'")
                    left = connection.sql(
                        f"select * from read_parquet('{path}') where _modified_at is null or not "
                        f"(_modified_at >= '{first}' and _modified_at < '{last}'::date + 1 "
                        "and hash(_record_id) % 3 > 0)"
                    ).to_arrow_table()
                schema = pq.read_schema(path)
                count += pq.read_metadata(path).num_rows - len(left)
                pq.write_table(left.cast(schema), path, compression="zstd")
        return count

    def sliced_datasets(self) -> list[str]:
        """Datasets of the objects that are read again by days."""
        connector = day_source(self.source)
        assert isinstance(connector, RecordSource)
        names = sliced_objects(connector)
        items = [item for name, item in connector.objects().items() if name in names]
        outputs = [item.all_outputs() if isinstance(item, HubSpotObject) else item.outputs
                   for item in items]  # fmt: skip
        return [name for found in outputs for name in found]

    def falsify(self, dataset: str, column: str, first: date, last: date) -> None:
        """Write another text into a column of the delivered rows of these days."""
        is_inside = f"_modified_at >= '{first}' and _modified_at < '{last}'::date + 1"
        self._replace(dataset, f"case when {is_inside} then 'wrong' else {column} end", column)

    def restamp(self, dataset: str, record: str, moment: datetime) -> None:
        """Let a delivered row say that it was modified at another moment."""
        column = "_modified_at"
        value = f"case when _record_id = '{record}' then '{moment}' else {column} end"
        self._replace(dataset, value, column)

    def _replace(self, dataset: str, value: str, column: str) -> None:
        for path in self.paths(dataset):
            with duckdb.connect() as connection:
                connection.execute("set TimeZone = 'UTC'")
                changed = connection.sql(
                    f"select * replace ({value} as {column}) from read_parquet('{path}')"
                ).to_arrow_table()
            pq.write_table(changed.cast(pq.read_schema(path)), path, compression="zstd")


def between(rows: Rows, first: date, last: date) -> tuple[Rows, Rows]:
    """Rows whose last modification lies in the days, and the others."""
    inside: Rows = {}
    outside: Rows = {}
    for name, found in rows.items():
        for record, row in found.items():
            is_inside = row[-1] is not None and first <= row[-1].date() <= last
            (inside if is_inside else outside).setdefault(name, {})[record] = row
    return inside, outside


def unlike(found: Rows, expected: Rows) -> list[str]:
    """The first ids of each dataset whose rows differ."""
    differing = []
    for name in sorted(found.keys() | expected.keys()):
        ours, theirs = found.get(name, {}), expected.get(name, {})
        ids = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
        differing += [f"{name} {key}" for key in sorted(ids)[:3]]
    return differing


def stamps(records: int = RECORDS) -> list[datetime]:
    """When records were made."""
    return [FIRST + timedelta(days=DAYS_APART * number) for number in range(records)]


def lived_organisation(records: int = RECORDS, *, keys: bool = False) -> Organisation:
    """Accounts, leads, deals and their histories from March to October 2026.

    Args:
        records: How many of each kind.
        keys: Whether accounts have ids of another system.
    """
    organisation = young_organisation()
    if keys:
        organisation.add_field("Account", "External_Id__c string(40) external")
    for number, at in enumerate(stamps(records)):
        later = at + timedelta(days=1)
        own = {"External_Id__c": f"A-{number}"} if keys else {}
        account = organisation.create("Account", own, Name=f"Account {number}", at=at)
        lead = organisation.create(
            "Lead", LastName=f"Lead {number}", Company="x", Status="New", at=at
        )
        organisation.update("Lead", lead, Status="MQL", at=later)
        deal = organisation.create(
            "Opportunity", Name=f"Deal {number}", AccountId=account, StageName="Discovery",
            Amount=100 + number, CloseDate=date(2026, 12, 1), at=at,
        )  # fmt: skip
        organisation.update("Opportunity", deal, StageName="Proposal", at=later)
        if number % 10 == 0:
            organisation.delete("Account", account, at=later)
    return organisation


def lived_portal() -> Portal:
    """Contacts, companies, deals, submissions and e-mails from March to October 2026."""
    portal = Portal()
    portal.add_owner("mia.keller@velmora.example", "Mia", "Keller", teams=("DACH",))
    portal.add_pipeline("deals", "default", "Sales Pipeline", HUBSPOT_STAGES)
    marketing = portal.marketing
    form = marketing.add_form("Demo", ("email",), FIRST)
    letter = marketing.add_email("Letter", "News", "", FIRST)
    for number, at in enumerate(stamps()):
        later = at + timedelta(days=1)
        email = f"person{number}@a.example"
        contact = portal.load("contacts", at, email=email, lastname=f"Person {number}")
        company = portal.load("companies", at, name=f"Company {number}")
        deal = portal.load(
            "deals", at, dealname=f"Deal {number}", dealstage="appointmentscheduled",
            pipeline="default", amount=f"{100 + number}.00",
        )  # fmt: skip
        portal.load_change("deals", deal, later, dealstage="contractsent")
        portal.associate(("deals", deal), ("companies", company), at=at)
        portal.associate(("deals", deal), ("contacts", contact), at=at)
        marketing.submit(form, "https://a.example/demo", at, email=email)
        for type_, moment in (("SENT", at), ("DELIVERED", at), ("CLICK", later)):
            marketing.note(letter, type_, email, moment)
        if number % 10 == 0:
            portal.archive("companies", company)
    return portal

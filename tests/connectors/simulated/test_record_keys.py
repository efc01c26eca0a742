"""Ids of the company's other systems in the place of Salesforce's: in rows, lookups and merges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.mapping import MODIFIED_AT
from orchestration.connectors.salesforce import bulk, key_reading, rest
from orchestration.connectors.salesforce.replay import replay
from sample_company.simulators.salesforce import rest as simulated_rest
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample import sample_organisation
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import live_rows, objects_read
from tests.connectors.simulated.expected import expected_rows
from tests.connectors.simulated.life import OPTIONS, Life, young_organisation

KEYED = ("Account", "Campaign", "Contact", "Lead", "Opportunity", "Product2")
KEYS = dict.fromkeys(KEYED, "Other_Id__c")
EXTERNAL = dict.fromkeys((*KEYED, "OpportunityLineItem", "Task", "Event"), "External_Id__c")


class KeyedOrganisation(Organisation):
    """One that gives each new record a key, as an integration does; it remembers all of them."""

    def __init__(self, young: Organisation) -> None:
        self.__dict__ = young.__dict__
        self.keys: dict[str, str] = {}
        for name in KEYED:
            self.add_field(name, "Other_Id__c string(40) external")

    def create(self, name: str, values: Any = None, /, **more: Any) -> str:
        if name not in KEYED:
            return super().create(name, values, **more)
        key = f"{name[:2]}-{len(self.keys)}"
        record = super().create(name, {"Other_Id__c": key, **(values or {})}, **more)
        self.keys[record] = key
        return record


@pytest.fixture
def keyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    """A young organisation with keys, small pages and few ids in a query."""
    monkeypatch.setattr(simulated_rest, "LEAST_BATCH", 1)
    monkeypatch.setattr(rest, "_HEADERS", {"Sforce-Query-Options": "batchSize=4"})
    monkeypatch.setattr(bulk, "PAGE_ROWS", 5)
    monkeypatch.setattr(bulk, "_FIRST_WAIT", 0.001)
    monkeypatch.setattr(key_reading, "_IDS_OF_ONE_QUERY", 2)
    options = {**OPTIONS, "bulk_threshold": 9, "keys": KEYS}
    yield from meet(KeyedOrganisation(young_organisation()), tmp_path, **options)


def assert_equal_by_keys(meeting: Meeting, keys: dict[str, str]) -> dict[str, int]:
    """Every row is the truth's with keys for ids; a lookup to a vanished record may keep its id."""
    counts = {}
    organisation = meeting.organisation
    there = {row["Id"] for rows in organisation.truth().values() for row in rows}
    vanished = {record: key for record, key in keys.items() if record not in there}
    custom_fields = meeting.options.get("custom_fields", {})

    def named(rows: dict[str, Any], by: dict[str, str]) -> dict[str, Any]:
        return {
            record: {name: by.get(value, value) if isinstance(value, str) else value
                     for name, value in row.items()}
            for record, row in rows.items()
        }  # fmt: skip

    for name, item in objects_read(meeting).items():
        records = list(organisation.truth_of(name, meeting.until))
        for position, dataset in enumerate(item.outputs):
            custom = custom_fields.get(name, []) if position == 0 else []
            expected = named(expected_rows(item, dataset, records, custom), keys)
            found = named(live_rows(meeting, dataset), vanished)
            if item.outputs[dataset].deleted_too:
                found = {key: row for key, row in found.items() if key in expected}
            assert found == expected, dataset
            counts[dataset] = len(found)
    return counts


@pytest.mark.parametrize("threshold", [1_000_000, 1], ids=["REST", "Bulk"])
def test_the_sample_company_has_the_ids_of_its_other_systems(
    threshold: int, tmp_path: Path
) -> None:
    organisation = sample_organisation()
    keys = {
        row["Id"]: row["External_Id__c"] for name in EXTERNAL for row in organisation.truth_of(name)
    }
    users = {row["Id"]: row["EmployeeNumber"] for row in organisation.truth_of("User")}
    keys |= {record: number for record, number in users.items() if number}
    options = {
        "keys": {**EXTERNAL, "User": "EmployeeNumber"},
        "leave_out": ["User"],
        "bulk_threshold": threshold,
        "custom_fields": {"Lead": ["Contact__c"]},
    }
    for meeting in meet(organisation, tmp_path, **options):
        first = meeting.pull()
        counts = assert_equal_by_keys(meeting, keys)
        assert counts["opportunities"] == 323
        assert counts["lead_history"] == 2067
        # The integration's own user is nobody's colleague.
        assert [note for note in first.notes if "without a key (0057R0000000001QAA)" in note]
        deals = live_rows(meeting, "opportunities").values()
        assert {deal["opportunity_id"][:2] for deal in deals} == {"O-"}
        assert {deal["account_id"][:2] for deal in deals} == {"A-"}
        assert {deal["owner_employee_id"][:1] for deal in deals} == {"E"}
        files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
        organisation.clock.advance(timedelta(days=1))
        again = meeting.pull()
        assert sum(again.changed.values()) == 0
        assert again.request_count == 6
        assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == files


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.slow
def test_whatever_happens_rows_and_lookups_have_keys(keyed: Meeting, seed: int) -> None:
    organisation = keyed.organisation
    assert isinstance(organisation, KeyedOrganisation)
    life = Life(organisation, seed)
    for _ in range(6):
        for _ in range(life.random.randrange(30)):
            life.live()
        keyed.pull()
    organisation.clock.advance(timedelta(days=8))
    keyed.pull()
    assert_equal_by_keys(keyed, organisation.keys)
    before = {name: live_rows(keyed, name) for name in keyed.pulling.source.datasets}
    connector = keyed.pulling.source.connector
    replay(keyed.pulling.context(), connector)  # type: ignore[arg-type]
    assert {name: live_rows(keyed, name) for name in before} == before


def later(meeting: Meeting) -> None:
    meeting.organisation.clock.advance(timedelta(minutes=10))


def test_a_lookup_to_a_record_that_came_in_between_is_asked_for(keyed: Meeting) -> None:
    organisation = keyed.organisation
    keyed.pull()
    later(keyed)
    # Committed late, below the cursor and the overlap: only a sweep would read it.
    old = organisation.clock.now() - timedelta(hours=9)
    account = organisation.create("Account", Name="late", at=old)
    organisation.create("Contact", LastName="Doe", AccountId=account)
    later(keyed)
    keyed.pull()
    (person,) = live_rows(keyed, "people").values()
    assert person["account_id"] == organisation.keys[account]  # type: ignore[attr-defined]
    assert live_rows(keyed, "accounts") == {}


def test_a_blank_key_is_red_and_mended(keyed: Meeting) -> None:
    organisation = keyed.organisation
    keyed.pull()
    later(keyed)
    account = organisation.create("Account", Name="new", Other_Id__c=None)
    later(keyed)
    (problem,) = keyed.pulling.pull().problems
    assert f"object Account: record {account} has no Other_Id__c; fill it" in problem
    assert live_rows(keyed, "accounts") == {}
    organisation.update("Account", account, Other_Id__c="A-1")
    later(keyed)
    keyed.pull()
    assert [row["account_id"] for row in live_rows(keyed, "accounts").values()] == ["A-1"]


def test_a_doubled_key_is_red(keyed: Meeting) -> None:
    organisation = keyed.organisation
    first = organisation.create("Account", Name="one", Other_Id__c="A-1")
    later(keyed)
    keyed.pull()
    organisation.delete("Account", first)
    second = organisation.create("Account", Name="two", Other_Id__c="A-1")
    later(keyed)
    (problem,) = keyed.pulling.pull().problems
    assert f"records {first} and {second} both have Other_Id__c A-1" in problem


def test_another_key_is_red_until_all_is_read_again(keyed: Meeting) -> None:
    organisation = keyed.organisation
    account = organisation.create("Account", Name="one", Other_Id__c="A-1")
    person = organisation.create("Contact", LastName="Doe", AccountId=account)
    later(keyed)
    keyed.pull()
    organisation.update("Account", account, Other_Id__c="A-2")
    later(keyed)
    (problem,) = keyed.pulling.pull().problems
    assert f"object Account: record {account}: Other_Id__c was A-1 and is A-2" in problem
    assert "--read-again crm" in problem
    with pytest.raises(ConnectorError, match="was A-1 and is A-2"):
        keyed.pulling.pull(is_full=True)
    assert live_rows(keyed, "accounts")[account]["account_id"] == "A-1"
    state = keyed.pulling.state
    for item in state.connector_objects("crm"):
        state.save_connector_object(
            type(item)(**{**vars(item), "mapping": None, "last_sweep_at": None})
        )
    keyed.pull()
    assert live_rows(keyed, "accounts")[account]["account_id"] == "A-2"
    assert live_rows(keyed, "people")[person]["account_id"] == "A-2"


def test_a_field_that_is_not_there_is_red(keyed: Meeting) -> None:
    keyed.options["keys"] = {"Account": "Nothing__c"}
    with pytest.raises(ConnectorError, match=r"object Account: field Nothing__c does not exist"):
        keyed.pulling.pull()


def test_other_keys_read_all_again_and_a_replay_waits_for_that(keyed: Meeting) -> None:
    organisation = keyed.organisation
    account = organisation.create("Account", Name="one", Other_Id__c="A-1", Website="w.example")
    organisation.create("Contact", LastName="Doe", AccountId=account)
    later(keyed)
    keyed.pull()
    keyed.options["keys"] = {"Account": "Website"}
    connector = keyed.pulling.source.connector
    with pytest.raises(ConnectorError, match=r"Account\.Website, which was not read yet"):
        replay(keyed.pulling.context(), connector)  # type: ignore[arg-type]
    later(keyed)
    keyed.pull()
    assert live_rows(keyed, "accounts")[account]["account_id"] == "w.example"
    (person,) = live_rows(keyed, "people").values()
    assert person["account_id"] == "w.example"
    assert MODIFIED_AT not in person

"""`concord backfill` against simulated CRMs: records by the day of their last modification."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import unquote_plus

import pyarrow.parquet as pq
import pytest

from orchestration.connectors import limits, vendors
from orchestration.connectors.hubspot import client as hubspot_client
from orchestration.connectors.hubspot import reading
from orchestration.connectors.hubspot.objects import hubspot_objects
from orchestration.connectors.salesforce import rest
from orchestration.dagster_home import dagster_instance
from orchestration.ingest.backfill import BackfillError
from orchestration.ingest.backfill_job import build_month_jobs
from orchestration.steps import release_home
from sample_company.simulators import faults
from sample_company.simulators.hubspot import search
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from sample_company.simulators.salesforce import rest as simulated_rest
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from tests.connectors.simulated import delivered, test_hubspot
from tests.connectors.simulated.conftest import Meeting
from tests.connectors.simulated.crm_company import (
    CrmCompany,
    between,
    lived_organisation,
    lived_portal,
    unlike,
)
from tests.connectors.simulated.life import OPTIONS

APRIL, MAY_END = date(2026, 4, 1), date(2026, 5, 30)
CRMS = ["salesforce", "hubspot"]
LAG = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(hubspot_client, "SEARCH_SECONDS", 0.0)


@pytest.fixture
def crm(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CrmCompany]:
    """A CRM that a home has read up to now; Salesforce, or what the test names."""
    loader = getattr(request, "param", "salesforce")
    if loader == "hubspot":
        with HubSpotSimulator(lived_portal()) as hubspot:
            found = CrmCompany(hubspot, tmp_path)
            found.pull()
            yield found
        return
    organisation = lived_organisation()
    with SalesforceSimulator(organisation) as salesforce:
        found = CrmCompany(salesforce, tmp_path, dict(OPTIONS))
        found.pull()
        yield found
    organisation.close()


both = pytest.mark.parametrize("crm", CRMS, indirect=True)
hubspot_only = pytest.mark.parametrize("crm", ["hubspot"], indirect=True)


def assert_truth(crm: CrmCompany) -> None:
    """What is delivered is what the CRM holds."""
    meeting: Any
    if crm.loader == "hubspot":
        meeting = SimpleNamespace(
            portal=crm.portal,
            rows=crm.query,
        )
        assert test_hubspot.assert_equal(cast(test_hubspot.Meeting, meeting)) > 75
        return
    meeting = SimpleNamespace(
        organisation=crm.organisation,
        options=crm.options,
        until=crm.organisation.clock.now() - LAG,
        pulling=SimpleNamespace(source=crm.source, files=crm.paths),
    )
    assert delivered.assert_equal(cast(Meeting, meeting))["opportunities"] > 20


@both
def test_what_was_lost_or_changed_is_right_again_and_nothing_else_changes(crm: CrmCompany) -> None:
    assert_truth(crm)
    before, cursors = crm.delivered(), crm.state.connector_objects()
    assert crm.damage(date(2026, 3, 1), date(2026, 6, 30)) > 40
    crm.falsify("opportunities", "opportunity_name", date(2026, 5, 1), date(2026, 6, 10))
    damaged = crm.delivered()
    done = crm.backfill(str(APRIL), str(MAY_END))
    assert done.exit_code == 0, done.output
    alive = crm.held("accounts").keys()
    inside, outside = between(crm.delivered(), APRIL, MAY_END)
    assert not unlike(inside, between(before, APRIL, MAY_END)[0])
    left = between(damaged, APRIL, MAY_END)[1]
    for rows in (outside, left):
        # A page of HubSpot's submissions or of its bin comes whole.
        rows.pop("form_submissions", None)
        rows["accounts"] = {key: row for key, row in rows["accounts"].items() if key in alive}
    assert not unlike(outside, left)
    assert unlike(outside, between(before, APRIL, MAY_END)[1]), "more was lost than was asked for"
    assert crm.state.connector_objects() == cursors
    assert "2 slices of crm read" in done.output
    run = crm.state.latest_run(kind="backfill")
    assert run is not None
    assert (run.status, run.selection) == ("succeeded", "crm 2026-04-01 to 2026-05-30 by month")
    # The history of a deal comes with the day of its last modification, here the first of July.
    crm.read_again(date(2026, 3, 1), date(2026, 7, 1))
    assert_truth(crm)
    assert not unlike(crm.delivered(), before)


@both
def test_the_next_run_asks_what_it_would_have_asked_without(crm: CrmCompany) -> None:
    crm.clock.advance(timedelta(days=2))
    # Days that no run has come to yet are among them.
    crm.read_again(date(2026, 10, 1), date(2026, 11, 2), slicing="20 days")
    begun = len(crm.simulator.log)
    assert set(crm.pull().changed.values()) == {0}
    assert _queries(crm, begun) == []
    assert_truth(crm)


def _queries(crm: CrmCompany, begun: int = 0) -> list[tuple[str, ...]]:
    """Object, first day, and the day after the last of every query of a slice."""
    pattern = re.compile(r"FROM (\w+) WHERE \w+ >= (.{10})\S+ AND \w+ < (.{10})")
    lines = (unquote_plus(str(line.query)) for line in crm.simulator.log[begun:])
    return [found.groups() for line in lines if (found := pattern.search(line))]


def _named(crm: CrmCompany, name: str) -> str:
    """The id of a deal."""
    [record] = [key for key, shown in crm.query("opportunities", _NAMES) if shown == name]
    return str(record)


_NAMES = "_record_id, opportunity_name"


def test_killed_in_the_middle_it_goes_on_with_the_slices_that_are_left(crm: CrmCompany) -> None:
    before = crm.held("opportunities")
    crm.damage(date(2026, 3, 1), date(2026, 6, 30))
    words = ("backfill", "crm", "--from", "2026-03-01", "--to", "2026-06-30")
    words = (*words, "--object", "Opportunity")
    process = crm.process(*words)
    killed = faults.event("kill -9", lambda: os.kill(process.pid, signal.SIGKILL))
    crm.simulator.faults.plan(killed, "queryAll", at=3)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    shown = crm.command("doctor")
    assert shown.exit_code == 1
    assert "2 of 4 slices read" in shown.output
    assert "--from 2026-03-01 --to 2026-06-30 --by month --object Opportunity`" in shown.output
    crm.simulator.faults.clear()
    begun = len(crm.simulator.log)
    again = crm.command(*words)
    assert again.exit_code == 0, again.output
    assert "2 slices of crm read (2 before)" in again.output
    assert _queries(crm, begun) == [
        ("Opportunity", "2026-05-01", "2026-06-01"), ("Opportunity", "2026-06-01", "2026-07-01"),
    ]  # fmt: skip
    assert crm.held("opportunities") == before
    assert [run.status for run in crm.state.runs()] == ["succeeded", "interrupted"]


@both
def test_a_record_that_is_modified_between_two_slices_is_not_lost(crm: CrmCompany) -> None:
    """The budget ends it after April; then a deal of May moves out of the slice that is left."""
    is_hubspot = crm.loader == "hubspot"
    kind, field = ("deals", "dealname") if is_hubspot else ("Opportunity", "Name")
    deal = _named(crm, "Deal 8")
    crm.set_options(request_budget=12 if is_hubspot else 5)
    with pytest.raises(BackfillError, match=r"1 of 2 slices not read(.|\n)*budget"):
        crm.read_again(APRIL, date(2026, 5, 31), objects=(kind,))
    crm.clock.advance(timedelta(hours=1))
    crm.update(kind, deal, **{field: "late"})
    crm.clock.advance(timedelta(hours=1))
    done = crm.read_again(APRIL, date(2026, 5, 31), objects=(kind,))
    assert (done.read, done.kept) == (1, 1)
    # Salesforce's query of the days has it no more; what it is now, the daily run reads.
    assert _named(crm, "late" if is_hubspot else "Deal 8") == deal
    crm.set_options(request_budget=10_000)
    crm.pull()
    assert _named(crm, "late") == deal
    assert_truth(crm)


@both
def test_what_was_committed_late_is_in_the_slice_of_its_stamp_to_the_moment(
    crm: CrmCompany,
) -> None:
    """Two records with stamps of long ago, of the last moment of April and the first of May."""
    midnight = datetime(2026, 5, 1, tzinfo=UTC)
    moments = {"last": midnight - timedelta(milliseconds=1), "first": midnight}
    for name, at in moments.items():
        if crm.loader == "hubspot":
            crm.portal.create("companies", at=at, name=name)
        else:
            crm.organisation.create("Account", Name=name, at=at)
    crm.clock.advance(timedelta(hours=1))
    crm.pull()

    def found() -> set[str]:
        return {row[0] for row in crm.query("accounts", "account_name")} & moments.keys()

    assert found() == set()
    crm.read_again(APRIL, date(2026, 4, 30), slicing="week")
    assert found() == {"last"}
    crm.read_again(date(2026, 5, 1), date(2026, 5, 1))
    assert found() == {"last", "first"}
    assert_truth(crm)


def test_a_version_whose_delivery_was_lost_is_found_by_the_one_before(crm: CrmCompany) -> None:
    """What is held of April was modified in May, and the daily run is past that."""
    before = crm.held("opportunities")
    deal = _named(crm, "Deal 8")
    crm.falsify("opportunities", "opportunity_name", date(2026, 5, 1), MAY_END)
    crm.restamp("opportunities", deal, datetime(2026, 4, 11, tzinfo=UTC))
    assert crm.read_again(APRIL, date(2026, 4, 30), objects=("Opportunity",)).changed == 1
    assert crm.held("opportunities")[deal] == before[deal]


@both
def test_deletions_that_no_list_tells_of_are_seen(crm: CrmCompany) -> None:
    deal, kept = _named(crm, "Deal 8"), _named(crm, "Deal 9")
    if crm.loader == "hubspot":
        crm.portal.gdpr_delete("deals", deal)
    else:
        crm.organisation.hard_delete("Opportunity", deal)
    crm.clock.advance(timedelta(hours=2))
    crm.pull()
    assert deal in crm.held("opportunities"), "a run without a sweep cannot see it"
    done = crm.read_again(date(2026, 5, 1), date(2026, 5, 31))
    assert any("1 records are gone" in note for note in done.notes)
    assert deal not in crm.held("opportunities")
    assert kept in crm.held("opportunities")
    assert_truth(crm)
    held = crm.delivered()
    connector = crm.source.connector
    assert connector is not None
    vendors.replay(crm.context(), connector)
    assert not unlike(crm.delivered(), held)


def test_a_soft_delete_whose_delivery_was_lost_comes_by_its_stamp(crm: CrmCompany) -> None:
    files = crm.files()
    deal = _named(crm, "Deal 8")
    crm.organisation.delete("Opportunity", deal)
    crm.clock.advance(timedelta(days=1))
    crm.pull()
    assert deal not in crm.held("opportunities")
    for name in crm.files().keys() - files.keys():
        (crm.settings.deliveries_dir / "crm" / name).unlink()
    assert deal in crm.held("opportunities")
    crm.read_again(date(2026, 11, 1), date(2026, 11, 1))
    assert deal not in crm.held("opportunities")
    # Its history went with it; that lies in the days when it was made.
    crm.read_again(date(2026, 5, 1), MAY_END, objects=("OpportunityHistory",))
    assert_truth(crm)


@hubspot_only
def test_more_records_than_a_search_tells(crm: CrmCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_RESULTS", 4)
    monkeypatch.setattr(reading, "SEARCH_PAGE", 4)
    before = crm.delivered()
    crm.damage(APRIL, MAY_END)
    begun = len(crm.simulator.log)
    crm.read_again(APRIL, MAY_END, slicing="60 days", objects=("contacts",))
    searches = [line for line in crm.simulator.log[begun:] if "contacts/search" in line.path]
    assert len(searches) == 3, "eight contacts, four at a time, and none after them"
    assert crm.held("people") == before["people"]


def test_a_large_slice_is_read_as_a_job(crm: CrmCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_rest, "LEAST_BATCH", 1)
    monkeypatch.setattr(rest, "_HEADERS", {"Sforce-Query-Options": "batchSize=4"})
    before = crm.held("opportunities")
    crm.damage(APRIL, MAY_END)
    crm.set_options(bulk_threshold=5)
    crm.read_again(APRIL, MAY_END, slicing="60 days", objects=("Opportunity",))
    assert crm.simulator.count("jobs/query") > 0
    assert crm.held("opportunities") == before


def test_a_field_that_is_newly_listed_is_filled_for_the_days_at_once(crm: CrmCompany) -> None:
    deal = _named(crm, "Deal 8")
    crm.set_options(custom_fields={"Opportunity": ["IsWon"]})
    known = crm.state.connector_object("crm", "Opportunity")
    inside, outside = crm.held("opportunities"), crm.delivered()["accounts"]
    done = crm.read_again(APRIL, MAY_END, objects=("Opportunity",))
    assert done.changed == len(between({"": inside}, APRIL, MAY_END)[0][""])
    filled = dict(crm.query("opportunities", '_record_id, "IsWon"'))
    assert filled[deal] == "false"
    assert list(filled.values()).count("false") == done.changed
    columns = {tuple(pq.read_schema(path).names) for path in crm.paths("opportunities")}
    assert len(columns) == 1, "files with other columns than the others are refused"
    assert crm.state.connector_object("crm", "Opportunity") == known
    assert crm.delivered()["accounts"] == outside
    crm.clock.advance(timedelta(hours=1))
    crm.pull()
    assert_truth(crm)


def test_keys_of_other_systems_stand_for_ids_in_a_slice_too(tmp_path: Path) -> None:
    organisation = lived_organisation(keys=True)
    with SalesforceSimulator(organisation) as simulator:
        crm = CrmCompany(simulator, tmp_path, {"keys": {"Account": "External_Id__c"}})
        crm.pull()
        before, cursors = crm.delivered(), crm.state.connector_objects()
        assert {row[0] for row in crm.query("opportunities", "left(account_id, 2)")} == {"A-"}
        assert crm.damage(APRIL, MAY_END) > 10
        crm.read_again(APRIL, MAY_END)
        assert not unlike(crm.delivered(), before)
        assert crm.state.connector_objects() == cursors
        crm.set_options(keys={"Account": "Name"})
        with pytest.raises(BackfillError, match="Account.Name, which was not read yet"):
            crm.read_again(APRIL, MAY_END, is_again=True)
    organisation.close()


def test_a_field_that_changed_its_type_stops_its_object_and_no_other(crm: CrmCompany) -> None:
    before = crm.delivered()
    crm.damage(APRIL, MAY_END)
    crm.organisation.change_type("Opportunity", "CloseDate string(20)")
    objects = ("Account", "Opportunity")
    with pytest.raises(BackfillError, match="field CloseDate was date and is string now"):
        crm.read_again(APRIL, MAY_END, objects=objects)
    assert crm.held("accounts") == before["accounts"]
    assert crm.held("opportunities") != before["opportunities"]
    crm.organisation.change_type("Opportunity", "CloseDate date")
    crm.read_again(APRIL, MAY_END, objects=objects)
    assert crm.held("opportunities") == before["opportunities"]


def test_what_was_never_read_and_days_that_are_not_over_are_refused(tmp_path: Path) -> None:
    with HubSpotSimulator(lived_portal()) as simulator:
        crm = CrmCompany(simulator, tmp_path)
        with pytest.raises(BackfillError, match=r"never read; `concord run` reads all of it"):
            crm.read_again(APRIL, MAY_END)
        crm.pull()
        begun = len(simulator.log)
        with pytest.raises(BackfillError) as refused:
            crm.read_again(date(2005, 1, 1), date(2026, 11, 1))
        assert "2005-01-01 is before 2006-01-01: no record is older" in str(refused.value)
        assert "2026-11-01 is after 2026-10-31: it is the last day that is over in UTC" in str(
            refused.value
        )
        assert len(simulator.log) == begun + 1
        assert crm.state.unfinished_backfills() == []


def test_everything_wrong_with_the_command_is_said_at_once(tmp_path: Path) -> None:
    organisation = lived_organisation(records=0)
    with SalesforceSimulator(organisation) as simulator:
        crm = CrmCompany(simulator, tmp_path, {"leave_out": ["Case"]})
        options = {"leave_out": sorted(hubspot_objects().keys() - {"owners"})}
        crm.more_sources = {"marketing": {"loader": "hubspot", "options": options}}
        crm.system_of_record = {"employees": "crm"}
        crm.write()
        objects = [f"--object={name}" for name in ("Oportunity", "Order", "Case")]
        wrong = crm.backfill("2026-13-01", "soon", *objects, "--by", "week", "--slice-days", "0")
        assert wrong.exit_code == 2, wrong.output
        for text in (
            "--object 'Oportunity' is no object of salesforce (did you mean 'Opportunity'?)",
            "--object 'Order' is only kept as it came, and gives no rows",
            "--object 'Case' is under options.leave_out",
            "objects of crm that can be read again: Account, Campaign,",
            "--by and --slice-days exclude each other",
            "--slice-days is '0'; give a number of days such as 10",
            "--from is '2026-13-01'; give a day such as",
            "--to is 'soon'",
        ):
            assert text in wrong.output
        said = crm.command(
            "backfill", "marketing", "--from", "2026-05-02", "--to", "2026-05-01",
            "--object", "owners",
        )  # fmt: skip
        assert said.exit_code == 2
        assert "--object 'owners' is a short list: every run reads all of it" in said.output
        assert "--from 2026-05-02 is after --to 2026-05-01" in said.output
        assert simulator.log == []
    organisation.close()


def test_a_partition_of_dagster_reads_a_month(crm: CrmCompany) -> None:
    before, cursors = crm.delivered(), crm.state.connector_objects()
    crm.damage(date(2026, 5, 1), MAY_END)
    assert unlike(crm.delivered(), before)
    (job,) = build_month_jobs(crm.settings, crm.company)
    assert job.name == "backfill_crm"
    assert job.partitions_def is not None
    assert job.partitions_def.get_first_partition_key() == "2000-01-01"
    try:
        with dagster_instance(crm.settings) as instance:
            result = job.execute_in_process(partition_key="2026-05-01", instance=instance)
    finally:
        release_home(crm.settings)
    assert result.output_for_node("read_month_of_crm")["slices_read"] == 1
    assert not unlike(crm.delivered(), before)
    assert crm.state.connector_objects() == cursors

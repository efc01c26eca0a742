"""What changed of leads in HubSpot: the histories that the account holds, whoever the leads are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.connectors import vendors
from orchestration.connectors.hubspot import object_pull
from orchestration.connectors.hubspot.objects import hubspot_objects
from orchestration.connectors.raw_pages import finished_pulls
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.setup import Stage
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from tests.conftest import ROOT, RunHome, concord, run_home
from tests.connectors.simulated import test_hubspot
from tests.connectors.simulated.test_hubspot import Meeting

Change = tuple[str, datetime, str | None, str | None, str | None]
HOUR = timedelta(hours=1)
STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity")
STATUSES = ("NEW", "OPEN", "UNQUALIFIED")
CONTACT_PROPERTIES = ("lifecyclestage", "hs_lead_status", "hubspot_owner_id")
COLUMNS = "lead_id, changed_at, lead_status, owner_employee_id, changed_by_employee_id"


@pytest.fixture
def portal() -> Portal:
    found = Portal()
    found.add_owner("mia.keller@velmora.example", "Mia", "Keller")
    found.add_owner("jan.wolf@velmora.example", "Jan", "Wolf")
    stages = [Stage("new-stage-id", "New", ""), Stage("done-stage-id", "Qualified", "")]
    found.add_pipeline("leads", "lead-pipeline", "Leads", stages)
    return found


@pytest.fixture
def account(portal: Portal, tmp_path: Path) -> Iterator[Meeting]:
    options = {"leads_from": "contacts", "sweep_days": 36_500}
    yield from test_hubspot.meet(portal, tmp_path, **options)


def truth(portal: Portal, kind: str, *properties: str) -> set[Change]:
    """Every change to a value, of the records that are there or archived."""
    owners = {f"userId:{owner.user_id}": owner.id for owner in portal.owners}
    labels = {stage.id: stage.label for line in portal.pipelines["leads"] for stage in line.stages}
    found = set()
    for name in properties:
        # Of several values of one moment the last one counts.
        held = {
            (record, at): (value, owners.get(source))
            for record, at, value, _, source in portal.history_of(kind, name)
        }
        for (record, at), (value, changed_by) in held.items():
            is_owner = name == "hubspot_owner_id"
            status = None if is_owner else labels.get(value, value)
            if value:
                found.add((record, at, status, value if is_owner else None, changed_by))
    return found


def read(meeting: Meeting, dataset: str) -> set[Change]:
    rows = meeting.rows(dataset, COLUMNS)
    assert len(rows) == len(set(rows))
    return set(rows)


def lead_ids(portal: Portal) -> set[str]:
    return {
        row["id"]
        for row in portal.truth_of("contacts")
        if not row["archived"] and row["properties"]["lifecyclestage"]
    }


def test_the_lifecycle_of_contacts(account: Meeting) -> None:
    portal = account.portal
    mia, jan = (owner.id for owner in portal.owners)
    ann = portal.create("contacts", email="ann@x.example", lifecyclestage="lead")
    ben = portal.create("contacts", email="ben@x.example", lifecyclestage="subscriber")
    cas = portal.create("contacts", email="cas@x.example", lifecyclestage="lead")
    nobody = portal.create("contacts", email="nobody@x.example", hubspot_owner_id=mia)
    portal.clock.advance(HOUR)
    account.clean_pull()
    first = read(account, "contact_lead_history")
    assert first == truth(portal, "contacts", *CONTACT_PROPERTIES)
    assert {row[0] for row in account.rows("contact_leads", "lead_id")} == {ann, ben, cas}
    # Three at one moment, an owner who is taken away, and stages back and forth.
    now = {"lifecyclestage": "marketingqualifiedlead", "hs_lead_status": "NEW"}
    portal.update("contacts", ann, hubspot_owner_id=jan, **now)
    portal.clock.advance(HOUR)
    portal.update("contacts", ann, hubspot_owner_id="", lifecyclestage="lead")
    portal.update("contacts", ben, lifecyclestage="opportunity")
    portal.clock.advance(HOUR)
    account.clean_pull()
    before = truth(portal, "contacts", *CONTACT_PROPERTIES)
    assert read(account, "contact_lead_history") == before
    # The further stage of the two is the one that stays.
    portal.merge("contacts", ann, ben)
    portal.archive("contacts", cas)
    portal.update("contacts", nobody, lifecyclestage="lead")
    portal.clock.advance(HOUR)
    account.clean_pull()
    now_held = read(account, "contact_lead_history")
    assert ann in {row[0] for row in now_held if row[2] == "opportunity"}
    told = truth(portal, "contacts", *CONTACT_PROPERTIES)
    # The account forgets whom it merged away; what was read of them stays.
    assert now_held == told | {row for row in before if row[0] == ben}
    assert {row[0] for row in account.rows("contact_leads", "lead_id")} == {ann, nobody}
    assert lead_ids(portal) == {ann, nobody}
    [status] = [row for row in account.rows("contact_leads", "lead_id, lead_status")][:1]
    assert status == (ann, "opportunity")


def test_the_stages_of_leads(portal: Portal, tmp_path: Path) -> None:
    for meeting in test_hubspot.meet(portal, tmp_path):
        mia, _ = (owner.id for owner in portal.owners)
        line = {"hs_pipeline": "lead-pipeline", "hs_pipeline_stage": "new-stage-id"}
        lead = portal.create("leads", hs_lead_name="Ann", **line)
        portal.clock.advance(HOUR)
        meeting.clean_pull()
        portal.update("leads", lead, hs_pipeline_stage="done-stage-id", hubspot_owner_id=mia)
        portal.clock.advance(HOUR)
        meeting.clean_pull()
        told = truth(portal, "leads", "hs_pipeline_stage", "hubspot_owner_id")
        assert {row[2] for row in told} == {"New", "Qualified", None}
        assert read(meeting, "lead_history") == told
        # Contacts are no leads here, and their histories are not asked for.
        assert "contact_leads" not in meeting.source.datasets


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_histories_are_the_truth(
    account: Meeting, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_pull, "CHUNK", 4)
    portal, random = account.portal, Random(seed)
    for _ in range(6):
        for _ in range(15):
            happen(portal, random)
        portal.clock.advance(HOUR)
        account.clean_pull()
    portal.clock.advance(HOUR)
    account.clean_pull(is_full=True)
    alive = {row["id"] for row in portal.truth_of("contacts") if not row["archived"]}
    told = {row for row in truth(portal, "contacts", *CONTACT_PROPERTIES) if row[0] in alive}
    held = read(account, "contact_lead_history")
    assert {row for row in held if row[0] in alive} == told
    assert {row[0] for row in account.rows("contact_leads", "lead_id")} == lead_ids(portal)
    assert account.source.connector is not None
    vendors.replay(account.context(), account.source.connector)
    assert read(account, "contact_lead_history") == held


def happen(portal: Portal, random: Random) -> None:
    portal.clock.advance(timedelta(seconds=random.choice((0, 1, 90))))
    ids = sorted(row["id"] for row in portal.truth_of("contacts") if not row["archived"])
    values: dict[str, Any] = random.choice(
        (
            {"lifecyclestage": random.choice(STAGES)},
            {"hs_lead_status": random.choice((*STATUSES, ""))},
            {"hubspot_owner_id": random.choice((*(each.id for each in portal.owners), ""))},
        )
    )
    act = random.random()
    if act < 0.3 or len(ids) < 3:
        portal.create("contacts", email=f"{random.random()}@x.example", **values)
    elif act < 0.85:
        portal.update("contacts", random.choice(ids), **values)
    elif act < 0.95:
        kept, lost = random.sample(ids, 2)
        portal.merge("contacts", kept, lost, as_new=random.random() < 0.3)
    else:
        random.choice((portal.archive, portal.gdpr_delete))("contacts", random.choice(ids))


def test_properties_and_values_of_their_own(account: Meeting) -> None:
    values = {"lifecyclestage": "lead", "hs_lead_status": "OPEN"}
    account.portal.create("contacts", email="a@x.example", **values)
    account.portal.clock.advance(HOUR)
    account.options["value_aliases"] = {"leads": {"lead_status": {"lead": "Prospect"}}}
    account.__post_init__()
    account.clean_pull()
    assert account.rows("contact_leads", "lead_status") == [("Prospect",)]
    told = [("OPEN",), ("Prospect",)]
    assert sorted(account.rows("contact_lead_history", "lead_status")) == told
    account.options["fields"] = {"leads": {"lead_status": "hs_lead_status"}}
    account.__post_init__()
    account.portal.clock.advance(HOUR)
    account.clean_pull()
    assert account.rows("contact_leads", "lead_status") == [("OPEN",)]


def company(folder: Path) -> Path:
    """The example of the CRM export, with an account whose contacts are leads in its place."""
    shutil.copytree(ROOT / "examples" / "crm_export", folder)
    options = {"base_url": "${HUBSPOT_URL}", "leads_from": "contacts"}
    source = {"loader": "hubspot", "options": options}
    (folder / "sources.yml").write_text(yaml.safe_dump({"sources": {"crm_export": source}}))
    funnel = yaml.safe_load((folder / "funnel.yml").read_text())
    known, mql = (
        {"stage": stage, "label": stage, "owner_function": "marketing", "after": after}
        for stage, after in (("known", None), ("mql", "known"))
    )
    first = next(stage for stage in funnel["stages"] if stage["after"] is None)
    first["after"] = "mql"
    funnel["stages"] = [known, mql, *funnel["stages"]]
    funnel["side_states"].append(
        {"stage": "rejected", "label": "Rejected", "owner_function": "sales"}
    )
    stages = dict.fromkeys(("subscriber", "lead", "NEW", "OPEN"), "known") | {
        "marketingqualifiedlead": "mql",
        "opportunity": "opportunity",
        "UNQUALIFIED": "rejected",
    }
    funnel["lead_statuses"] = [
        {"source": "crm_export", "status": status, "stage": stage}
        for status, stage in stages.items()
    ]
    (folder / "funnel.yml").write_text(yaml.safe_dump(funnel, sort_keys=False))
    return folder


def in_warehouse(run: RunHome) -> set[Change]:
    """The lead changes that the warehouse holds, by the leads that it holds."""
    with duckdb.connect(str(run.home / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = connection.execute(
            "select leads.source_id, timezone('UTC', changes.changed_at), changes.lead_status, "
            "raw.owner_employee_id, raw.changed_by_employee_id "
            "from conformed.conformed_lead_changes as changes "
            "inner join conformed.conformed_leads as leads using (lead_key) "
            "inner join raw_file_drop.lead_history as raw "
            "on raw.lead_history_id = changes.source_id"
        ).fetchall()
    assert len(rows) == len(set(rows))
    return set(rows)


@pytest.mark.slow
def test_the_warehouses_lead_changes_are_the_accounts(portal: Portal, tmp_path: Path) -> None:
    ann = portal.create("contacts", email="ann@x.example", lifecyclestage="lead")
    ben = portal.create("contacts", email="ben@x.example", lifecyclestage="subscriber")
    cas = portal.create("contacts", email="cas@x.example", lifecyclestage="lead")
    portal.update("contacts", ben, lifecyclestage="opportunity", hs_lead_status="OPEN")
    portal.clock.advance(HOUR)
    with HubSpotSimulator(portal) as simulator:
        run = run_home(
            tmp_path / "home",
            CONCORD_COMPANY=str(company(tmp_path / "company")),
            HUBSPOT_URL=simulator.url,
            HUBSPOT_TOKEN=simulator.auth.private_token,
        )
        before = truth(portal, "contacts", *CONTACT_PROPERTIES)
        assert in_warehouse(run) == before
        change = {"lifecyclestage": "marketingqualifiedlead", "hs_lead_status": "NEW"}
        portal.update("contacts", ann, hubspot_owner_id=portal.owners[0].id, **change)
        portal.clock.advance(HOUR)
        portal.merge("contacts", ann, ben)
        portal.archive("contacts", cas)
        portal.clock.advance(HOUR)
        again = run.again()
        assert again.code == 0, again.text
        told = truth(portal, "contacts", *CONTACT_PROPERTIES)
        assert {row[2] for row in told if row[0] == ann} >= {"lead", "opportunity", "NEW"}
        assert {row[0] for row in told} == {ann, cas}
        assert in_warehouse(run) == told | {row for row in before if row[0] == ben}
        # A stage of their own that nobody has mapped, though the contact has left it again.
        portal.update("contacts", ann, lifecyclestage="98123")
        portal.clock.advance(HOUR)
        portal.update("contacts", ann, lifecyclestage="opportunity")
        portal.clock.advance(HOUR)
        refused = concord(run.home, "run", **run.environment)
        assert refused.code != 0
        assert "98123" in refused.text


def test_the_lifecycle_is_kept_where_contacts_are_no_leads(tmp_path: Path) -> None:
    """No mart asks for it then, but nobody has to ask HubSpot for it again."""
    others = sorted(hubspot_objects().keys() - {"contacts"})
    for meeting in test_hubspot.meet(Portal(), tmp_path, leave_out=others):
        portal = meeting.portal
        ann = portal.create("contacts", email="ann@x.example", lifecyclestage="lead")
        portal.clock.advance(HOUR)
        meeting.clean_pull()
        portal.update("contacts", ann, lifecyclestage="marketingqualifiedlead")
        portal.clock.advance(HOUR)
        meeting.clean_pull()
        told = [
            [version["value"] for version in record["propertiesWithHistory"]["lifecyclestage"]]
            for pull in finished_pulls(meeting.home / "raw_pages" / "contacts")
            for kind, body in pull.pages()
            if kind == "records"
            for record in json.loads(body)["results"]
        ]
        assert told == [["lead"], ["marketingqualifiedlead", "lead"]]
        assert {path.name for path in meeting.source.options.folder.glob("[a-z]*")} == {
            "people", "contact_merges",
        }  # fmt: skip


def test_a_contact_that_was_archived_before_the_first_run_has_its_history(
    account: Meeting,
) -> None:
    portal = account.portal
    ann = portal.create("contacts", email="ann@x.example", lifecyclestage="lead")
    portal.clock.advance(HOUR)
    portal.update("contacts", ann, lifecyclestage="marketingqualifiedlead")
    portal.clock.advance(HOUR)
    portal.archive("contacts", ann)
    portal.clock.advance(HOUR)
    account.clean_pull()
    held = read(account, "contact_lead_history")
    assert held == truth(portal, "contacts", *CONTACT_PROPERTIES)
    assert [change[2] for change in sorted(held, key=lambda change: change[1])] == [
        "lead", "marketingqualifiedlead",
    ]  # fmt: skip
    asked = account.simulator.count("batch/read")
    portal.clock.advance(HOUR)
    account.clean_pull(is_full=True)
    assert account.simulator.count("batch/read") == asked, "it is known by now"
    connector = account.source.connector
    assert connector is not None
    vendors.replay(account.context(), connector)
    assert read(account, "contact_lead_history") == held

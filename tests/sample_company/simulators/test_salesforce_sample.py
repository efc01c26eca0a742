"""The sample company's organisation holds what its exports say."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sample_company.exports import BROKEN_ROWS
from sample_company.simulators.salesforce.ids import is_valid
from sample_company.simulators.salesforce.maven import load_maven_crm
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample import sample_organisation
from tests.conftest import ROOT, real_data

Truth = dict[str, list[dict[str, Any]]]
CRM = ROOT / "sample_company" / "exports" / "crm"


@pytest.fixture(scope="module")
def velmora() -> Iterator[Organisation]:
    found = sample_organisation()
    yield found
    found.close()


@pytest.fixture(scope="module")
def truth(velmora: Organisation) -> Truth:
    return velmora.truth()


def exported(name: str, **form: str) -> list[dict[str, str]]:
    with (CRM / name).open(encoding=form.pop("encoding", "utf-8"), newline="") as file:
        return list(csv.DictReader(file, **form))  # type: ignore[arg-type]


def broken(entity: str) -> set[str]:
    return {key for name, key, _ in BROKEN_ROWS if name == entity}


def test_every_record_of_the_exports_is_there(truth: Truth) -> None:
    leads = exported("leads.csv", encoding="latin-1", delimiter=";")
    files = {
        "Account": ("accounts", {row["id"] for row in exported("accounts.csv")}),
        "Lead": ("leads", {row["Lead ID"] for row in leads}),
        "Opportunity": ("opportunities", {row["id"] for row in exported("opportunities.csv")}),
        "OpportunityLineItem": (
            "opportunity_lines", {row["id"] for row in exported("opportunity_lines.csv")},
        ),
        "Campaign": ("campaigns", {row["id"] for row in exported("campaigns.csv")}),
        "Contact": (
            "people",
            {json.loads(line)["id"] for line in (CRM / "contacts.jsonl").read_text().splitlines()},
        ),
    }  # fmt: skip
    for name, (entity, ids) in files.items():
        # L-00100 is broken only where it comes a second time.
        assert {row["External_Id__c"] for row in truth[name]} == ids - broken(entity) | (
            {"L-00100"} if name == "Lead" else set()
        )
    acts = {row["id"] for row in exported("activities.csv")} - broken("activities")
    assert {row["External_Id__c"] for row in truth["Task"] + truth["Event"]} == acts


def test_deals_have_the_exported_values(truth: Truth) -> None:
    rows = {row["id"]: row for row in exported("opportunities.csv")}
    accounts = {row["Id"]: row["External_Id__c"] for row in truth["Account"]}
    users = {row["Id"]: row["EmployeeNumber"] for row in truth["User"]}
    money: Counter[str] = Counter()
    for deal in truth["Opportunity"]:
        row = rows[deal["External_Id__c"]]
        assert deal["Amount"] == Decimal(row["amount"].replace(",", ""))
        assert (deal["Name"], deal["StageName"], deal["Type"]) == (
            row["name"], row["stage"], row["type"],
        )  # fmt: skip
        assert (accounts[deal["AccountId"]], users[deal["OwnerId"]]) == (
            row["account_id"], row["owner"],
        )  # fmt: skip
        assert deal["CloseDate"].isoformat() == row["close_date"]
        assert f"{deal['CreatedDate']:%Y-%m-%dT%H:%M:%SZ}" == row["created_at"]
        assert deal["IsDeleted"] == (row["deleted"] == "True")
        money[deal["CurrencyIsoCode"]] += deal["Amount"]
    assert set(money) == {"EUR", "USD", "GBP"}
    history = exported("opportunity_history.tsv", delimiter="\t")
    staged = [row for row in history if row["stage"] or row["amount"] or row["close_date"]]
    bad = [row for row in history if "2025-13" in row["changed_at"]]
    assert len(truth["OpportunityHistory"]) == len(staged) - len(bad)


def test_ids_are_valid_and_lead_to_records(velmora: Organisation, truth: Truth) -> None:
    ids = {name: {row["Id"] for row in rows} for name, rows in truth.items()}
    for name, rows in truth.items():
        assert all(map(is_valid, ids[name]))
        for field in velmora.kind(name).fields.values():
            targets = set().union(*(ids[target] for target in field.reference_to), set())
            if field.reference_to:
                named = {row[field.name] for row in rows} - {None}
                assert named <= targets, f"{name}.{field.name}"


def test_mandatory_fields_are_filled(velmora: Organisation, truth: Truth) -> None:
    for name, rows in truth.items():
        for field in velmora.kind(name).fields.values():
            if not field.is_nillable:
                assert all(row[field.name] is not None for row in rows), f"{name}.{field.name}"


def test_nothing_is_of_a_later_day(velmora: Organisation, truth: Truth) -> None:
    now = velmora.clock.now()
    for name, rows in truth.items():
        for field in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            if field in velmora.kind(name).fields:
                assert all(row[field] <= now for row in rows), f"{name}.{field}"


def test_the_command_serves_tells_how_to_log_in_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sample_company.simulators.salesforce", "--client-id", "me"]
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline().split() for _ in range(3)]
        assert len(list(tmp_path.iterdir())) == 1
        running.terminate()
        assert running.communicate(timeout=20)[0] == "0 requests\n"
    assert running.returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert lines[0][0] == "url"
    assert lines[0][1].startswith("http://127.0.0.1:")
    assert lines[1] == ["client", "id", "me"]


@pytest.mark.real
def test_a_real_export_keeps_its_figures_and_its_dirt() -> None:
    organisation = load_maven_crm(real_data("maven_crm"))
    truth = organisation.truth()
    deals = truth["Opportunity"]
    stages = Counter(deal["StageName"] for deal in deals)
    assert stages == {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500}
    assert sum(deal["Amount"] or 0 for deal in deals) == Decimal(10005534)
    assert sum(deal["AccountId"] is None for deal in deals) == 1425
    assert sum(deal["Amount"] is None for deal in deals) == 2089
    assert sum(deal["CreatedDate"].date().isoformat() == "2017-12-31" for deal in deals) == 500
    assert len({deal["OwnerId"] for deal in deals}) == 30
    assert "GTXPro" in {deal["Product__c"] for deal in deals}
    assert "technolgy" in {row["Industry"] for row in truth["Account"]}
    assert (len(truth["Account"]), len(truth["Product2"])) == (85, 7)
    lines = {line["OpportunityId"]: line for line in truth["OpportunityLineItem"]}
    won = [deal["Id"] for deal in deals if deal["IsWon"]]
    assert sum(lines[record]["ListPrice"] for record in won) == Decimal(10023482)
    organisation.close()

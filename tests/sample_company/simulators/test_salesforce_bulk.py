"""Bulk API 2.0 query jobs: states, CSV in parts, refusals."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from sample_company.simulators.salesforce.volume import add_opportunities
from tests.sample_company.simulators.plain_client import Answer, PlainClient

JOBS = "/jobs/query"


def make(client: PlainClient, query: str, operation: str = "query", **more: str) -> Answer:
    body = {"operation": operation, "query": query, "contentType": "CSV", **more}
    return client.ask("POST", JOBS, body)


def finish(client: PlainClient, job: str) -> list[str]:
    states = []
    while not states or states[-1] in ("UploadComplete", "InProgress"):
        states.append(client.get(f"{JOBS}/{job}").json["state"])
    return states


def read(client: PlainClient, job: str, **query: str) -> tuple[list[dict[str, str]], Answer]:
    answer = client.get(f"{JOBS}/{job}/results", **query)
    assert answer.status == 200, answer.body
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline=""))), answer


def complete(client: PlainClient, query: str, operation: str = "query", **more: str) -> str:
    job = str(make(client, query, operation, **more).json["id"])
    assert finish(client, job)[-1] == "JobComplete"
    return job


def test_a_job_passes_its_states(client: PlainClient, deals: list[str]) -> None:
    made = make(client, "SELECT Id FROM Opportunity").json
    assert (made["state"], made["object"], made["apiVersion"]) == (
        "UploadComplete", "Opportunity", 62.0,
    )  # fmt: skip
    assert made["id"].startswith("750")
    early = client.get(f"{JOBS}/{made['id']}/results")
    assert early.status == 400
    assert finish(client, made["id"]) == ["InProgress", "JobComplete"]
    assert client.get(f"{JOBS}/{made['id']}").json["numberRecordsProcessed"] == 5
    assert client.get(JOBS).json["records"][0]["id"] == made["id"]
    rows, answer = read(client, made["id"])
    assert [row["Id"] for row in rows] == deals
    assert answer.headers["sforce-locator"] == "null"
    assert answer.headers["sforce-numberofrecords"] == "5"


def test_a_job_waits_for_the_clock(
    organisation: Organisation, simulator: SalesforceSimulator, client: PlainClient
) -> None:
    simulator.bulk.time_needed = timedelta(minutes=10)
    job = make(client, "SELECT Id FROM Opportunity").json["id"]
    asked = [client.get(f"{JOBS}/{job}").json["state"] for _ in range(5)]
    assert set(asked) == {"InProgress"}
    organisation.clock.advance(timedelta(minutes=10))
    assert finish(client, job) == ["JobComplete"]
    assert read(client, job)[0] == []


def test_csv_has_every_value_in_quotes(organisation: Organisation, client: PlainClient) -> None:
    organisation.create("Account", Name='Fünf "& Söhne",\nGmbH', AnnualRevenue=Decimal(139000000))
    job = complete(client, "SELECT Name, AnnualRevenue, CreatedDate, IsDeleted, Phone FROM Account")
    text = read(client, job)[1].body.decode()
    assert text == (
        '"Name","AnnualRevenue","CreatedDate","IsDeleted","Phone"\n'
        '"Fünf ""& Söhne"",\nGmbH","1.39E8","2026-11-01T06:00:00.000Z","false",""\n'
    )
    other = complete(
        client, "SELECT Id, Name FROM Account", columnDelimiter="PIPE", lineEnding="CRLF"
    )
    assert read(client, other)[1].body.startswith(b'"Id"|"Name"\r\n')


def test_parts_follow_each_other_by_locator(
    organisation: Organisation, client: PlainClient
) -> None:
    add_opportunities(organisation, 12_345)
    job = complete(client, "SELECT Id FROM Opportunity")
    ids: list[str] = []
    query: dict[str, str] = {"maxRecords": "5000"}
    sizes = []
    while True:
        rows, answer = read(client, job, **query)
        ids += [row["Id"] for row in rows]
        sizes.append(int(answer.headers["sforce-numberofrecords"]))
        # A part that is read twice is the same.
        assert read(client, job, **query)[0] == rows
        query["locator"] = answer.headers["sforce-locator"]
        if query["locator"] == "null":
            break
    assert sizes == [5000, 5000, 2345]
    assert len(set(ids)) == 12_345


def test_results_stay_as_they_were(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    job = complete(client, "SELECT Id, Name FROM Opportunity", "queryAll")
    organisation.update("Opportunity", deals[0], Name="changed")
    assert read(client, job)[0][0]["Name"] == "Deal 1"
    organisation.delete("Opportunity", deals[0])
    again = complete(client, "SELECT Id, IsDeleted FROM Opportunity", "queryAll")
    assert read(client, again)[0][0]["IsDeleted"] == "true"
    assert len(read(client, complete(client, "SELECT Id FROM Opportunity"))[0]) == 4


@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        ("SELECT Id, BillingAddress FROM Account", "API_ERROR", "compound data"),
        ("SELECT Id FROM CaseStatus", "INVALIDENTITY", "is not supported by the Bulk API"),
        ("SELECT Id FROM Nothing__c", "API_ERROR", "not supported"),
        ("SELECT Id, Nothing__c FROM Account", "API_ERROR", "No such column"),
        ("SELECT COUNT() FROM Account", "API_ERROR", "Aggregates"),
    ],
)
def test_what_cannot_be_read_in_bulk(client: PlainClient, query: str, code: str, text: str) -> None:
    refused = make(client, query)
    assert (refused.status, refused.code) == (400, code)
    assert text in refused.json[0]["message"]


def test_jobs_fail_are_aborted_and_deleted(
    simulator: SalesforceSimulator, client: PlainClient
) -> None:
    simulator.bulk.fail_next = "InternalServerError : no reason"
    job = make(client, "SELECT Id FROM Account").json["id"]
    assert finish(client, job) == ["InProgress", "Failed"]
    assert client.get(f"{JOBS}/{job}").json["errorMessage"] == "InternalServerError : no reason"
    other: Any = make(client, "SELECT Id FROM Account").json["id"]
    assert client.ask("DELETE", f"{JOBS}/{other}").status == 400
    stopped = client.ask("PATCH", f"{JOBS}/{other}", {"state": "Aborted"})
    assert stopped.json["state"] == "Aborted"
    gone = client.ask("DELETE", f"{JOBS}/{other}")
    assert (gone.status, gone.body) == (204, b"")
    assert client.get(f"{JOBS}/{other}").code == "NOT_FOUND"
    assert client.ask("POST", JOBS, {"operation": "insert"}).code == "INVALIDJOB"


def test_jobs_are_limited_by_the_day(
    organisation: Organisation, simulator: SalesforceSimulator, client: PlainClient
) -> None:
    simulator.bulk.daily_jobs = 1
    assert make(client, "SELECT Id FROM Account").status == 200
    assert client.get("/limits").json["DailyBulkV2QueryJobs"] == {"Max": 1, "Remaining": 0}
    assert make(client, "SELECT Id FROM Account").code == "LIMIT_EXCEEDED"
    organisation.clock.advance(timedelta(days=1))
    assert make(client, "SELECT Id FROM Account").status == 200

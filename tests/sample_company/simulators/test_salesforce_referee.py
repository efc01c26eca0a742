"""A client that nobody here wrote, simple-salesforce, understands everything the simulator says."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceOperationError,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.simulator import SalesforceSimulator, server_error
from sample_company.simulators.salesforce.volume import add_opportunities


class Unencrypted(HTTPAdapter):
    """Sends what is meant for https and any host of Salesforce to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.place = urlsplit(url).netloc

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> Any:
        parts = urlsplit(str(request.url))
        request.url = parts._replace(scheme="http", netloc=self.place).geturl()
        return super().send(request, *arguments, **named)


def session_for(simulator: SalesforceSimulator) -> requests.Session:
    session = requests.Session()
    session.mount("https://", Unencrypted(simulator.url))
    return session


@pytest.fixture
def salesforce(simulator: SalesforceSimulator) -> Salesforce:
    return Salesforce(
        session_id=simulator.auth.issue(),
        instance=urlsplit(simulator.url).netloc,
        session=session_for(simulator),
        version="62.0",
    )


def test_it_logs_in_with_client_credentials(simulator: SalesforceSimulator) -> None:
    keys = {"consumer_key": "concord", "consumer_secret": simulator.auth.client_secret}
    client = Salesforce(domain="velmora.my", session=session_for(simulator), **keys)
    assert client.query("SELECT COUNT() FROM User")["totalSize"] == 1
    keys["consumer_secret"] += "x"
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid client credentials"):
        Salesforce(domain="velmora.my", session=session_for(simulator), **keys)


def test_it_describes(salesforce: Salesforce) -> None:
    described = salesforce.describe()
    assert described is not None
    assert "Opportunity" in {each["name"] for each in described["sobjects"]}
    fields = {field["name"]: field for field in salesforce.Opportunity.describe()["fields"]}
    assert fields["Amount"]["type"] == "currency"
    assert salesforce.limits()["DailyApiRequests"]["Max"] == 100_000
    assert salesforce.api_usage["api-usage"].used == 3


def test_it_queries_over_pages(organisation: Organisation, salesforce: Salesforce) -> None:
    add_opportunities(organisation, 4100)
    organisation.delete("Opportunity", organisation.store.run("select Id from Opportunity")[0][0])
    soql = "SELECT Id, Amount, CloseDate FROM Opportunity"
    whole = salesforce.query_all(soql)
    assert (whole["totalSize"], whole["done"], len(whole["records"])) == (4099, True, 4099)
    assert len(list(salesforce.query_all_iter(soql, include_deleted=True))) == 4100
    assert salesforce.Opportunity.get(whole["records"][0]["Id"])["Name"].startswith("Volume")


def test_it_reads_in_bulk(organisation: Organisation, salesforce: Salesforce) -> None:
    add_opportunities(organisation, 2500)
    parts = list(
        salesforce.bulk2.Opportunity.query(
            "SELECT Id, Name, Amount FROM Opportunity", max_records=1000, wait=0.01
        )
    )
    rows = [row for part in parts for row in csv.DictReader(io.StringIO(part, newline=""))]
    assert [part.count("Volume") for part in parts] == [1000, 1000, 500]
    truth = [{"Id": row["Id"], "Name": row["Name"]} for row in organisation.truth_of("Opportunity")]
    assert [{"Id": row["Id"], "Name": row["Name"]} for row in rows] == truth


def test_it_reads_what_was_deleted_and_updated(
    organisation: Organisation, salesforce: Salesforce, deals: list[str]
) -> None:
    organisation.clock.advance(timedelta(hours=1))
    organisation.delete("Opportunity", deals[0])
    start, end = datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC)
    deleted: Mapping[str, Any] = salesforce.Opportunity.deleted(start, end)
    assert [record["id"] for record in deleted["deletedRecords"]] == deals[:1]
    updated: Mapping[str, Any] = salesforce.Opportunity.updated(start - timedelta(hours=1), end)
    assert updated["ids"] == deals[1:]


def test_it_recognises_every_error(
    simulator: SalesforceSimulator, salesforce: Salesforce, deals: list[str]
) -> None:
    for soql, code in (
        ("SELECT Nothing__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing__c", "INVALID_TYPE"),
        ("SELECT FROM", "MALFORMED_QUERY"),
    ):
        with pytest.raises(SalesforceMalformedRequest) as refused:
            salesforce.query(soql)
        assert refused.value.content[0]["errorCode"] == code
    with pytest.raises(SalesforceMalformedRequest) as locator:
        salesforce.query_more("01g000000000000AAA-2000")
    assert locator.value.content[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Nothing__c.describe()
    with pytest.raises(SalesforceMalformedRequest) as entity:
        list(salesforce.bulk2.CaseStatus.query("SELECT Id FROM CaseStatus", wait=0.01))
    assert entity.value.content[0]["errorCode"] == "INVALIDENTITY"
    simulator.bulk.fail_next = "no reason"
    with pytest.raises(SalesforceOperationError, match="no reason"):
        list(salesforce.bulk2.Opportunity.query("SELECT Id FROM Opportunity", wait=0.01))
    simulator.faults.plan(server_error(503))
    with pytest.raises(SalesforceGeneralError):
        salesforce.query("SELECT Id FROM Account")
    simulator.auth.use_up()
    with pytest.raises(SalesforceRefusedRequest) as limit:
        salesforce.query("SELECT Id FROM Account")
    assert limit.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    simulator.auth.revoke_all()
    with pytest.raises(SalesforceExpiredSession):
        salesforce.query("SELECT Id FROM Account")


def test_it_reads_a_composite_request(
    salesforce: Salesforce, simulator: SalesforceSimulator, deals: list[str]
) -> None:
    base, used = f"/services/data/v{salesforce.sf_version}", simulator.auth.used
    queries = ["SELECT Id FROM Opportunity", "SELECT Id FROM Lead", "SELECT No FROM Lead"]
    parts = [
        {"method": "GET", "url": f"{base}/queryAll?q={query}", "referenceId": f"r{number}"}
        for number, query in enumerate(queries)
    ]
    found = salesforce.restful("composite", method="POST", json={"compositeRequest": parts})
    first, second, third = found["compositeResponse"]
    assert [record["Id"] for record in first["body"]["records"]] == deals
    assert (second["referenceId"], second["body"]["totalSize"]) == ("r1", 0)
    assert (third["httpStatusCode"], third["body"][0]["errorCode"]) == (400, "INVALID_FIELD")
    assert simulator.auth.used == used + 1
    with pytest.raises(SalesforceMalformedRequest):
        salesforce.restful("composite", method="POST", json={"compositeRequest": parts * 2})

"""REST as Salesforce documents it: log-in, describe, queries and pages, errors, limits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from sample_company.simulators.faults import event
from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.ids import is_valid, with_suffix
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.simulator import (
    REQUEST_LIMIT,
    SESSION_EXPIRED,
    SalesforceSimulator,
    server_error,
    too_many_requests,
)
from sample_company.simulators.salesforce.volume import add_opportunities
from tests.sample_company.simulators.plain_client import Answer, PlainClient

LOG_IN = "/services/oauth2/token"


def log_in(client: PlainClient, **form: str) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.ask("POST", LOG_IN, urlencode(form), headers)


def test_ids_have_the_suffix_of_their_capitals() -> None:
    # The example of Salesforce's own documentation, and one with capitals in each part.
    assert with_suffix("001000000000000") == "001000000000000AAA"
    assert with_suffix("0018000000MOocq") == "0018000000MOocqAAD"
    assert is_valid("0018000000MOocqAAD")
    assert not is_valid("0018000000moocqAAD")
    with pytest.raises(ValueError, match="15 letters"):
        with_suffix("001")


def test_client_credentials_give_a_token(
    simulator: SalesforceSimulator, client: PlainClient
) -> None:
    form = {"client_id": "concord", "client_secret": simulator.auth.client_secret}
    granted = log_in(client, grant_type="client_credentials", **form)
    assert granted.status == 200
    assert granted.json["instance_url"] == simulator.url
    assert {"access_token", "token_type", "issued_at", "signature"} <= set(granted.json)
    client.token = granted.json["access_token"]
    assert client.get("/limits").status == 200
    form["client_secret"] += "x"
    wrong = log_in(client, grant_type="client_credentials", **form)
    assert (wrong.status, wrong.json["error"]) == (400, "invalid_client")
    other = log_in(client, grant_type="password")
    assert (other.status, other.json["error"]) == (400, "unsupported_grant_type")


def test_tokens_die_by_the_clock_and_by_use(
    organisation: Organisation,
) -> None:
    auth = Auth(organisation.clock, token_requests=2)
    with (
        SalesforceSimulator(organisation, auth) as other,
        PlainClient(other.url, auth.issue()) as client,
    ):
        assert [client.get("/limits").status for _ in range(3)] == [200, 200, 401]
        client.token = auth.issue()
        assert client.get("/limits").status == 200
        organisation.clock.advance(timedelta(hours=2))
        late = client.get("/limits")
        assert (late.status, late.code) == (401, "INVALID_SESSION_ID")


def test_versions_objects_and_describe(client: PlainClient) -> None:
    versions = client.get("/services/data/").json
    assert {"label": "Winter '25", "url": "/services/data/v62.0", "version": "62.0"} in versions
    listed = {each["name"]: each for each in client.get("/sobjects").json["sobjects"]}
    assert listed["Opportunity"]["keyPrefix"] == "006"
    assert client.get("/sobjects/Nothing__c/describe").code == "NOT_FOUND"
    described = client.get("/sobjects/Opportunity/describe").json
    fields = {field["name"]: field for field in described["fields"]}
    amount, account = fields["Amount"], fields["AccountId"]
    assert (amount["type"], amount["soapType"], amount["precision"], amount["scale"]) == (
        "currency", "xsd:double", 18, 2,
    )  # fmt: skip
    assert (account["type"], account["referenceTo"]) == ("reference", ["Account"])
    assert fields["CloseDate"]["nillable"] is False
    assert [each["value"] for each in fields["CurrencyIsoCode"]["picklistValues"]] == [
        "EUR", "USD", "GBP",
    ]  # fmt: skip
    assert "IsDeleted" not in {
        field["name"] for field in client.get("/sobjects/User/describe").json["fields"]
    }


def test_values_look_as_salesforce_writes_them(
    organisation: Organisation, client: PlainClient
) -> None:
    organisation.create(
        "Account", Name='Fünf "& Söhne"\n', AnnualRevenue=Decimal(139000000), BillingCountry="Malta"
    )
    answer = client.query("SELECT Name, AnnualRevenue, BillingAddress, CreatedDate FROM Account")
    assert '"AnnualRevenue":1.39E8' in answer.body.decode()
    assert '"CreatedDate":"2026-11-01T06:00:00.000+0000"' in answer.body.decode()
    (record,) = answer.json["records"]
    assert record["Name"] == 'Fünf "& Söhne"\n'
    assert record["BillingAddress"]["country"] == "Malta"
    assert record["attributes"]["url"].startswith("/services/data/v62.0/sobjects/Account/001")


def test_a_query_comes_in_pages_of_two_thousand(
    organisation: Organisation, client: PlainClient
) -> None:
    add_opportunities(organisation, 4500)
    page = client.query("SELECT Id FROM Opportunity").json
    assert (page["totalSize"], page["done"], len(page["records"])) == (4500, False, 2000)
    assert page["nextRecordsUrl"].startswith("/services/data/v62.0/query/01g")
    assert page["nextRecordsUrl"].endswith("-2000")
    ids = client.column("SELECT Id FROM Opportunity")
    assert len(set(ids)) == len(ids) == 4500
    assert all(map(is_valid, ids))
    small = client.query("SELECT Id FROM Opportunity", Sforce_Query_Options="batchSize=500").json
    assert len(small["records"]) == 500
    # Deleted rows follow on the same path, whichever resource is asked.
    more = client.query("SELECT Id FROM Opportunity", "queryAll").json["nextRecordsUrl"]
    assert "/query/" in more
    assert client.get(more).json == client.get(more.replace("/query/", "/queryAll/")).json


def test_locators_are_open_for_two_days(organisation: Organisation, client: PlainClient) -> None:
    add_opportunities(organisation, 2500)
    page = client.query("SELECT Id FROM Opportunity").json["nextRecordsUrl"]
    assert client.get("/query/01g000000000000AAA-2000").code == "INVALID_QUERY_LOCATOR"
    assert client.get(page.replace("-2000", "-9000")).code == "INVALID_QUERY_LOCATOR"
    assert client.get(page).status == 200
    organisation.clock.advance(timedelta(days=2))
    assert client.get(page).code == "INVALID_QUERY_LOCATOR"


def test_rows_move_between_pages_only_when_told_to(
    organisation: Organisation, simulator: SalesforceSimulator, client: PlainClient
) -> None:
    soql = "SELECT Id FROM Opportunity ORDER BY SystemModstamp"
    add_opportunities(organisation, 3000)
    first = organisation.store.run("select Id from Opportunity order by SystemModstamp")[0][0]

    def touch() -> None:
        organisation.clock.advance(timedelta(minutes=1))
        organisation.update("Opportunity", first, NextStep="call")

    simulator.faults.plan(event("touch", touch), "GET .*query/01g")
    assert len(set(client.column(soql))) == 3000
    # Now the first row leaves the first page for the end: one row is skipped, one comes twice.
    simulator.pages.rows_move = True
    first = organisation.store.run("select Id from Opportunity order by SystemModstamp")[0][0]
    simulator.faults.plan(event("touch", touch), "GET .*query/01g")
    moved = client.column(soql)
    assert (len(moved), len(set(moved))) == (3000, 2999)


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id, Colour__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Owner.Name = 'x'", "INVALID_FIELD"),
        ("SELECT Id, Id FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE BillingAddress = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing__c", "INVALID_TYPE"),
        ("SELECT Id FROM", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY"),
        ("SELECT * FROM Account", "MALFORMED_QUERY"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name='a' AND Name='b' OR Name='c'", "MALFORMED_QUERY"),
    ],
)
def test_wrong_queries_are_refused(client: PlainClient, soql: str, code: str) -> None:
    answer = client.query(soql)
    assert (answer.status, answer.code) == (400, code)


def test_other_wrong_requests(client: PlainClient) -> None:
    assert client.get("/query").code == "MALFORMED_QUERY"
    assert client.get("/nothing").code == "NOT_FOUND"
    assert client.get("/services/data/v12.0/limits").status == 404
    refused = client.ask("DELETE", "/limits")
    assert (refused.status, refused.code) == (405, "METHOD_NOT_ALLOWED")
    long = client.query("SELECT Id FROM Account WHERE Name = '" + "x" * 16_400 + "'")
    assert long.status == 414
    client.token += "x"
    assert client.get("/limits").code == "INVALID_SESSION_ID"


def test_requests_are_counted_and_limited_by_the_rolling_day(
    organisation: Organisation, simulator: SalesforceSimulator, client: PlainClient
) -> None:
    assert client.get("/limits").headers["sforce-limit-info"] == "api-usage=1/100000"
    assert client.get("/limits").json["DailyApiRequests"] == {"Max": 100000, "Remaining": 99998}
    simulator.auth.use_up(left=1)
    assert client.get("/limits").status == 200
    over = client.get("/limits")
    assert (over.status, over.code) == (403, "REQUEST_LIMIT_EXCEEDED")
    organisation.clock.advance(timedelta(hours=24))
    client.token = simulator.auth.issue()
    assert client.get("/limits").status == 200


def test_deleted_and_updated_tell_what_happened_in_a_span(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    organisation.clock.advance(timedelta(hours=1))
    organisation.delete("Opportunity", deals[0])
    organisation.hard_delete("Opportunity", deals[1])
    span = {"start": "2026-11-01T06:30:00+00:00", "end": "2026-11-01T08:00:00Z"}
    answer = client.get("/sobjects/Opportunity/deleted/", **span).json
    assert [record["id"] for record in answer["deletedRecords"]] == deals[:2]
    assert answer["deletedRecords"][0]["deletedDate"] == "2026-11-01T07:05:00.000+0000"
    assert answer["latestDateCovered"] == "2026-11-01T08:00:00.000+0000"
    updated = client.get("/sobjects/Opportunity/updated/", **{**span, "start": "2026-11-01T06:04Z"})
    assert updated.json["ids"] == deals[3:]
    old = {**span, "start": "2026-09-01T06:30:00Z"}
    assert client.get("/sobjects/Opportunity/deleted", **old).code == "INVALID_REPLICATION_DATE"
    none = {"start": "yesterday", "end": span["end"]}
    assert client.get("/sobjects/Opportunity/deleted", **none).code == "INVALID_REPLICATION_DATE"


def test_one_record_by_either_id(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    path = f"/sobjects/Opportunity/{deals[0]}"
    assert client.get(path, fields="Name,Amount").json["Amount"] == 100.1
    assert client.get(path[:-3]).json["Id"] == deals[0]
    organisation.delete("Opportunity", deals[0])
    assert client.get(path).code == "ENTITY_IS_DELETED"
    assert client.get("/sobjects/Opportunity/006000000000000AAA").code == "NOT_FOUND"


def test_faults_in_salesforces_words(
    simulator: SalesforceSimulator, client: PlainClient, deals: list[str]
) -> None:
    planned = [
        too_many_requests(7),
        too_many_requests(),
        REQUEST_LIMIT,
        SESSION_EXPIRED,
        server_error(500),
        server_error(503),
        simulator.tokens_die(),
    ]
    for number, fault in enumerate(planned, start=1):
        simulator.faults.plan(fault, at=number)
    answers = [client.get("/limits") for _ in planned]
    assert [answer.status for answer in answers] == [429, 429, 403, 401, 500, 503, 401]
    assert answers[0].headers["retry-after"] == "7"
    assert "retry-after" not in answers[1].headers
    assert answers[2].code == "REQUEST_LIMIT_EXCEEDED"
    assert answers[5].headers["content-type"].startswith("text/html")

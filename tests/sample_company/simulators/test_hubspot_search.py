"""Searches of the HubSpot simulator: filters, sorts, the cap of 10,000, and the lagging index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sample_company.simulators.hubspot.portal import Portal
from tests.sample_company.simulators.hubspot_client import HubSpotClient, where


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], [1, 2, 3, 4, 5]),
        ([where("amount", "EQ", "200.2")], [2]),
        ([where("amount", "NEQ", "200.20")], [1, 3, 4, 5]),
        ([where("amount", "GT", "300.30")], [4, 5]),
        ([where("amount", "GTE", "300.30"), where("deal_currency_code", "EQ", "eur")], [3]),
        ([where("amount", "LT", 200)], [1]),
        ([where("amount", "BETWEEN", "200", highValue="400")], [2, 3]),
        ([where("hs_object_id", "GT", "9003")], [4, 5]),
        ([where("hs_object_id", "IN", values=["9001", "9005"])], [1, 5]),
        ([where("deal_currency_code", "NOT_IN", values=["usd"])], [1, 2, 3]),
        ([where("closedate", "HAS_PROPERTY")], []),
        ([where("closedate", "NOT_HAS_PROPERTY")], [1, 2, 3, 4, 5]),
        ([where("dealname", "CONTAINS_TOKEN", "deal*")], [1, 2, 3, 4, 5]),
        ([where("createdate", "GTE", "2026-11-01T06:04:00Z")], [4, 5]),
        ([where("hs_lastmodifieddate", "GTE", "1793513040000")], [4, 5]),
    ],
)
def test_filters(
    hs: HubSpotClient, hs_deals: list[str], given: list[dict[str, Any]], expected: list[int]
) -> None:
    assert hs.found("deals", *given) == [hs_deals[number - 1] for number in expected]


def test_groups_are_alternatives(hs: HubSpotClient, hs_deals: list[str]) -> None:
    groups = [{"filters": [where("amount", "LT", 150)]}, {"filters": [where("amount", "GT", 450)]}]
    assert hs.found("deals", filterGroups=groups) == [hs_deals[0], hs_deals[4]]


def test_sorts_and_pages(hs: HubSpotClient, hs_deals: list[str]) -> None:
    sorts = [{"propertyName": "hs_object_id", "direction": "DESCENDING"}]
    first = hs.search("deals", sorts=sorts, limit=3).json
    assert (first["total"], first["paging"]) == (5, {"next": {"after": "3"}})
    assert [each["id"] for each in first["results"]] == hs_deals[:1:-1]
    last = hs.search("deals", sorts=sorts, limit=3, after="3").json
    assert [each["id"] for each in last["results"]] == hs_deals[1::-1]
    assert "paging" not in last


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"after": "10000", "limit": 1},
        {"filterGroups": [{"filters": [where("nothing", "EQ", "1")]}]},
        {"filterGroups": [{"filters": [where("amount", "LIKE", "1")]}]},
        {"filterGroups": [{"filters": [where("amount", "EQ")]}]},
        {"filterGroups": [{"filters": [where("amount", "GT", "much")]}]},
        {"filterGroups": [{"filters": []}] * 6},
        {"sorts": ["amount", "dealname"]},
        {"query": "x" * 3001},
        [],
    ],
)
def test_wrong_searches_are_refused(hs: HubSpotClient, hs_deals: list[str], body: Any) -> None:
    refused = hs.ask("POST", "/crm/v3/objects/deals/search", body)
    assert (refused.status, refused.json["status"]) == (400, "error")
    assert {"message", "correlationId", "category"} <= set(refused.json)


def test_beyond_10_000_results_only_a_new_search_goes_on(hs: HubSpotClient, portal: Portal) -> None:
    for number in range(10_050):
        portal.load("contacts", portal.clock.now() - timedelta(days=1), lastname=str(number))
    page = hs.search("contacts", limit=200, after="9800", sorts=["hs_object_id"])
    assert (page.status, page.json["total"]) == (200, 10_050)
    assert page.json["paging"]["next"]["after"] == "10000"
    assert hs.search("contacts", limit=200, after="10000", sorts=["hs_object_id"]).status == 400
    last = page.json["results"][-1]["id"]
    rest = hs.search("contacts", where("hs_object_id", "GT", last), limit=200).json
    assert (rest["total"], len(rest["results"])) == (50, 50)


def test_the_index_lags_behind(hs: HubSpotClient, portal: Portal, hs_deals: list[str]) -> None:
    portal.update("deals", hs_deals[0], amount="9")
    new = portal.create("deals", dealname="new")
    portal.archive("deals", hs_deals[4])
    assert hs.found("deals") == hs_deals
    assert hs.found("deals", where("amount", "EQ", "9")) == []
    assert new in hs.ids("deals")
    portal.clock.advance(portal.index_lag)
    assert hs.found("deals") == [*hs_deals[:4], new]
    assert hs.found("deals", where("amount", "EQ", "9")) == hs_deals[:1]


def test_what_was_stamped_before_it_was_visible_is_indexed_late(
    hs: HubSpotClient, portal: Portal
) -> None:
    past = portal.clock.now() - timedelta(minutes=20)
    late = portal.create("deals", at=past, dealname="late")
    assert hs.found("deals") == []
    portal.clock.advance(portal.index_lag)
    assert hs.found("deals") == [late]
    (record,) = hs.objects("deals")
    assert record["updatedAt"] == "2026-11-01T05:40:00Z"
    (truth,) = portal.truth_of("deals", past)
    assert truth["id"] == late


def test_a_value_of_an_older_type_is_passed_over(
    hs: HubSpotClient, portal: Portal, hs_deals: list[str]
) -> None:
    portal.update("deals", hs_deals[0], amount="n/a")
    portal.clock.advance(portal.index_lag)
    assert hs.found("deals", where("amount", "GT", 0)) == hs_deals[1:]

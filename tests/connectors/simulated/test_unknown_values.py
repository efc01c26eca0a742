"""A value that nobody knows: named with what is known, nothing stored, the rows after the fix."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.google_ads.sample import empty_platform as empty_google
from sample_company.simulators.google_ads.simulator import GoogleAdsSimulator
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.linkedin_ads.sample import empty_platform as empty_linkedin
from sample_company.simulators.linkedin_ads.simulator import LinkedInAdsSimulator
from sample_company.simulators.meta_ads.sample import empty_platform as empty_meta
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator
from sample_company.simulators.salesforce.organisation import Organisation
from tests.connectors.simulated import test_hubspot, test_linkedin_ads, test_meta_ads
from tests.connectors.simulated.ads_meeting import AdsMeeting
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import live_rows
from tests.connectors.simulated.worlds import google_meeting
from tests.sample_company.simulators.conftest import HUBSPOT_STAGES

# One record is a page of REST; with a threshold of one every object is a job of Bulk 2.0.
REST, BULK = 10**9, 1
HOUR = timedelta(hours=1)


@pytest.fixture(params=[REST, BULK], ids=["rest", "bulk"])
def org(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    yield from meet(Organisation(), tmp_path, bulk_threshold=request.param)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[test_hubspot.Meeting]:
    portal = Portal()
    portal.add_pipeline("deals", "default", "Sales Pipeline", HUBSPOT_STAGES)
    yield from test_hubspot.meet(portal, tmp_path)


def add_deal(organisation: Organisation, **values: Any) -> str:
    known = {"StageName": "Proposal", "CloseDate": date(2026, 12, 1), "Amount": Decimal("10.50")}
    return organisation.create("Opportunity", Name="Pens", **known, **values)


def pull_refused(org: Meeting) -> str:
    org.organisation.clock.advance(HOUR)
    [problem] = org.pulling.pull().problems
    return problem


@pytest.mark.parametrize(
    ("field", "canonical", "value", "word", "known"),
    [
        ("Type", "opportunity_type", "Upsell", "expansion", "New Business"),
        ("ForecastCategoryName", "forecast_category", "Upside", "best_case", "Best Case"),
    ],
)
def test_an_unknown_value_of_an_opportunity(
    org: Meeting, field: str, canonical: str, value: str, word: str, known: str
) -> None:
    old = add_deal(org.organisation)
    org.organisation.clock.advance(HOUR)
    org.pull()
    before = live_rows(org, "opportunities")
    new = add_deal(org.organisation)
    org.organisation.update("Opportunity", new, **{field: value})
    lead = org.organisation.create("Lead", LastName="Roe", Company="Acme", Status="New")
    problem = pull_refused(org)
    assert f"source crm, object Opportunity: field {field} holds '{value}' (1 records" in problem
    assert new in problem
    assert known in problem
    assert f"options.value_aliases: Opportunity: {{{canonical}: {{{value}: …}}}}" in problem
    assert live_rows(org, "opportunities") == before
    # What is sound comes all the same, and it is said again until it is mended.
    assert lead in live_rows(org, "leads")
    assert value in pull_refused(org)
    org.options["value_aliases"] = {"Opportunity": {canonical: {value: word}}}
    org.pull()
    rows = live_rows(org, "opportunities")
    assert sorted(rows) == sorted([old, new])
    assert rows[new][canonical] == word
    assert rows[new]["amount"] == Decimal("10.50")


def test_an_unknown_currency(org: Meeting) -> None:
    deal = add_deal(org.organisation, CurrencyIsoCode="EUR")
    org.organisation.clock.advance(HOUR)
    org.pull()
    org.organisation.update("Opportunity", deal, CurrencyIsoCode="Euro", Name="Pencils")
    problem = pull_refused(org)
    assert "object Opportunity: field CurrencyIsoCode holds 'Euro'" in problem
    assert live_rows(org, "opportunities")[deal]["opportunity_name"] == "Pens"
    org.organisation.update("Opportunity", deal, CurrencyIsoCode="GBP")
    org.organisation.clock.advance(HOUR)
    org.pull()
    stored = live_rows(org, "opportunities")[deal]
    assert (stored["currency_code"], stored["opportunity_name"]) == ("GBP", "Pencils")


def test_an_unknown_kind_of_task_may_keep_its_name(org: Meeting) -> None:
    task = org.organisation.create(
        "Task", Subject="Hello", Status="Completed", IsClosed=True, TaskSubtype="Telepathy"
    )
    problem = pull_refused(org)
    assert "object Task: field TaskSubtype holds 'Telepathy'" in problem
    assert live_rows(org, "tasks") == {}
    org.options["value_aliases"] = {"Task": {"activity_type": {"Telepathy": "telepathy"}}}
    org.pull()
    assert live_rows(org, "tasks")[task]["activity_type"] == "telepathy"


def test_an_unknown_role_of_a_contact(org: Meeting) -> None:
    deal = add_deal(org.organisation)
    contact = org.organisation.create("Contact", LastName="Roe")
    part = {"OpportunityId": deal, "ContactId": contact}
    known = {
        org.organisation.create("OpportunityContactRole", part, Role=role): word
        for role, word in {
            "Decision Maker": "Decision Maker",  # as the marts compare, decision_maker
            "Economic Decision Maker": "economic_buyer",
            "Business User": "user",
            "Evaluator": "other",
            None: None,
        }.items()
    }
    org.organisation.clock.advance(HOUR)
    org.pull()
    before = live_rows(org, "opportunity_contact_roles")
    assert {record: row["role"] for record, row in before.items()} == known
    new = org.organisation.create("OpportunityContactRole", part, Role="Gatekeeper")
    problem = pull_refused(org)
    assert "source crm, object OpportunityContactRole: field Role holds 'Gatekeeper'" in problem
    assert new in problem
    assert "known for role are Business User" in problem
    assert "options.value_aliases: OpportunityContactRole: {role: {Gatekeeper: …}}" in problem
    assert live_rows(org, "opportunity_contact_roles") == before
    org.options["value_aliases"] = {"OpportunityContactRole": {"role": {"Gatekeeper": "blocker"}}}
    org.pull()
    rows = live_rows(org, "opportunity_contact_roles")
    assert {record: row["role"] for record, row in rows.items()} == {**known, new: "blocker"}


SPLIT = """OpportunitySplit 1Sp
OpportunityId reference(Opportunity) cascade
SplitOwnerId reference(User) required
SplitTypeId reference(OpportunitySplitType) required
SplitPercentage percent(5,2)"""
SPLIT_TYPE = """OpportunitySplitType 1St
DeveloperName string(80) required
IsTotalValidated boolean"""


def test_an_unknown_type_of_split(org: Meeting) -> None:
    organisation = org.organisation
    organisation.add_object(SPLIT_TYPE)
    organisation.add_object(SPLIT)
    deal, user = add_deal(organisation), organisation.create("User", Username="a", LastName="Ng")

    def add_split(kind: str, percent: str) -> str:
        made = organisation.create("OpportunitySplitType", DeveloperName=kind)
        return organisation.create(
            "OpportunitySplit", OpportunityId=deal, SplitOwnerId=user, SplitTypeId=made,
            SplitPercentage=Decimal(percent),
        )  # fmt: skip

    known = {
        add_split("OpportunityRevenueSplit", "62.5"): ("revenue", Decimal("0.625")),
        add_split("OpportunityOverlaySplit", "150"): ("overlay", Decimal("1.5")),
        add_split("Overlay", "20"): ("Overlay", Decimal("0.2")),
    }
    organisation.clock.advance(HOUR)
    org.pull()
    before = live_rows(org, "opportunity_splits")
    assert {key: (row["split_type"], row["share"]) for key, row in before.items()} == known
    new = add_split("Services", "37.5")
    problem = pull_refused(org)
    assert "object OpportunitySplit: field SplitType.DeveloperName holds 'Services'" in problem
    assert new in problem
    assert "say which of revenue, overlay, other it stands for" in problem
    assert "options.value_aliases: OpportunitySplit: {split_type: {Services: …}}" in problem
    assert live_rows(org, "opportunity_splits") == before
    org.options["value_aliases"] = {"OpportunitySplit": {"split_type": {"Services": "revenue"}}}
    org.pull()
    rows = live_rows(org, "opportunity_splits")
    assert rows.keys() == known.keys() | {new}
    assert (rows[new]["split_type"], rows[new]["share"]) == ("revenue", Decimal("0.375"))


def test_free_text_passes_unchanged(org: Meeting) -> None:
    lead = org.organisation.create(
        "Lead", LastName="Roe", Company="Acme", Status="New", LeadSource="Pigeon Post"
    )
    case = org.organisation.create("Case", Subject="Leak", Type="Ink on Shoes")
    org.organisation.clock.advance(HOUR)
    org.pull()
    assert live_rows(org, "leads")[lead]["source_field"] == "Pigeon Post"
    assert live_rows(org, "cases")[case]["kind"] == "Ink on Shoes"


def test_a_deleted_record_needs_no_known_value(org: Meeting) -> None:
    deal = add_deal(org.organisation, Type="Upsell")
    org.organisation.delete("Opportunity", deal)
    org.organisation.clock.advance(HOUR)
    org.pull()
    assert live_rows(org, "opportunities") == {}


@pytest.mark.parametrize(
    ("name", "canonical", "value", "word"),
    [
        ("dealtype", "opportunity_type", "upsell", "expansion"),
        ("hs_manual_forecast_category", "forecast_category", "UPSIDE", "best_case"),
    ],
)
def test_an_unknown_value_of_a_deal(
    account: test_hubspot.Meeting, name: str, canonical: str, value: str, word: str
) -> None:
    portal = account.portal
    property_ = portal.kinds["deals"].properties[name]
    property_.options = (*property_.options, value)
    deal = portal.create("deals", dealname="Pens", dealstage="proposal", amount=Decimal("10.50"))
    portal.clock.advance(HOUR)
    account.clean_pull()
    portal.update("deals", deal, **{name: value, "dealname": "Pencils"})
    portal.clock.advance(HOUR)
    [problem] = account.pull().problems
    assert f"source marketing, object deals: field {name} holds '{value}'" in problem
    assert account.rows("opportunities", "opportunity_name") == [("Pens",)]
    account.options["value_aliases"] = {"deals": {canonical: {value: word}}}
    account.__post_init__()
    account.clean_pull()
    columns = f"opportunity_name, amount, {canonical}"
    assert account.rows("opportunities", columns) == [("Pencils", Decimal("10.50"), word)]


def test_an_unknown_label_of_a_contact_of_a_deal(account: test_hubspot.Meeting) -> None:
    portal = account.portal
    for label in ("Decision maker", "Billing contact"):
        portal.associations.add_label("deals", "contacts", label)
    deal = portal.create("deals", dealname="Pens", dealstage="proposal", amount=Decimal("10.50"))
    contacts = [portal.create("contacts", email=f"{name}@example.com") for name in "ab"]
    portal.associate(("deals", deal), ("contacts", contacts[0]), "Decision maker")
    portal.clock.advance(HOUR)
    account.clean_pull()
    roles = "person_id, role"
    assert account.rows("opportunity_contact_roles", roles) == [(contacts[0], "Decision maker")]
    portal.associate(("deals", deal), ("contacts", contacts[1]), "Billing contact")
    portal.update("deals", deal, dealname="Pencils")
    portal.clock.advance(HOUR)
    [problem] = account.pull().problems
    assert "source marketing, object deals: field label holds 'Billing contact'" in problem
    assert "options.value_aliases: deals: {role: {Billing contact: …}}" in problem
    assert account.rows("opportunity_contact_roles", roles) == [(contacts[0], "Decision maker")]
    assert account.rows("opportunities", "opportunity_name") == [("Pens",)]
    account.options["value_aliases"] = {"deals": {"role": {"Billing contact": "other"}}}
    account.__post_init__()
    account.clean_pull()
    assert sorted(account.rows("opportunity_contact_roles", roles)) == sorted(
        [(contacts[0], "Decision maker"), (contacts[1], "other")]
    )
    assert account.rows("opportunities", "opportunity_name") == [("Pencils",)]


def test_an_unknown_status_of_a_task_is_not_taken_for_open(account: test_hubspot.Meeting) -> None:
    portal = account.portal
    at = portal.clock.now()
    portal.create("tasks", hs_task_subject="a", hs_task_status="WAITING", hs_timestamp=at)
    portal.clock.advance(HOUR)
    account.clean_pull()
    task = portal.create("tasks", hs_task_subject="b", hs_task_status="DONE", hs_timestamp=at)
    portal.clock.advance(HOUR)
    [problem] = account.pull().problems
    assert f"object tasks: field hs_task_status holds 'DONE' (such as record {task})" in problem
    assert "known are COMPLETED, NOT_STARTED" in problem
    account.options["value_aliases"] = {"tasks": {"outcome": {"DONE": "COMPLETED"}}}
    account.__post_init__()
    account.clean_pull()
    assert account.rows("tasks", "_record_id, outcome") == [(task, "COMPLETED")]


def _google(home: Path) -> Iterator[AdsMeeting]:
    with GoogleAdsSimulator(empty_google()) as simulator:
        yield google_meeting(simulator, home)


def _meta(home: Path) -> Iterator[AdsMeeting]:
    with MetaAdsSimulator(empty_meta()) as simulator:
        yield test_meta_ads.meet(simulator, home)


def _linkedin(home: Path) -> Iterator[AdsMeeting]:
    with LinkedInAdsSimulator(empty_linkedin()) as simulator:
        yield test_linkedin_ads.meet(simulator, home)


@pytest.fixture(params=[_google, _meta, _linkedin], ids=["google", "meta", "linkedin"])
def ads(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AdsMeeting]:
    yield from request.param(tmp_path)


def test_an_unknown_kind_of_campaign(ads: AdsMeeting) -> None:
    field, kind = {
        "google_ads": ("campaign.advertisingChannelType", "SEARCH"),
        "meta_ads": ("objective", "OUTCOME_SALES"),
        "linkedin_ads": ("type", "LEAD_GENERATION"),
    }[ads.loader]
    zone = "UTC" if ads.loader == "linkedin_ads" else "Europe/Berlin"
    ad_account = ads.platform.add_account("Velmora", "EUR", zone, account_id="1112223334")
    campaign = ads.platform.add_campaign(ad_account, "Always on", kind)
    today = ads.platform.today(ad_account)
    ads.options["start_date"] = str(today - timedelta(days=5))
    ads.platform.tell(campaign, today - timedelta(days=2), Figures(Decimal("5.25"), 90, 9))
    ads.clean_pull()
    before = ads.rows("*")
    assert len(before) == 1
    ads.platform.tell(campaign, today - timedelta(days=1), Figures(Decimal("7.75"), 50, 5))
    ads.simulator.shape.change(field, lambda _: "HOLOGRAM")  # type: ignore[attr-defined]
    [problem] = ads.pull().problems
    assert f"object campaign: field {field} holds 'HOLOGRAM' (campaign {campaign.id})" in problem
    assert "options.campaign_kinds" in problem
    assert ads.rows("*") == before
    ads.options["campaign_kinds"] = ["HOLOGRAM"]
    ads.clean_pull()
    assert ads.rows("spend, source_field") == [
        (Decimal("5.25"), "HOLOGRAM"),
        (Decimal("7.75"), "HOLOGRAM"),
    ]

"""The sample company's HubSpot account says what its generator planted; a real export is kept."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
import requests

from sample_company.simulators.hubspot.maven import load_maven_crm
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.sample import STAGES, sample_portal
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from sample_company.tiles import tell_letters, tell_rows
from tests.conftest import ROOT, real_data

Truth = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def velmora() -> Portal:
    return sample_portal()


@pytest.fixture(scope="module")
def truth(velmora: Portal) -> Truth:
    return velmora.truth()


@pytest.fixture(scope="module")
def delivered() -> dict[str, list[dict[str, Any]]]:
    return tell_rows()[1].delivered


def test_every_lead_is_a_contact_s(truth: Truth, delivered: dict[str, list[Any]]) -> None:
    named = [each["properties"]["lead_ids"].split(";") for each in truth["contacts"]]
    ids = [lead for leads in named for lead in leads]
    assert sorted(ids) == sorted({row["lead_id"] for row in delivered["leads"]})
    addresses = [each["properties"]["email"] for each in truth["contacts"]]
    known = [address for address in addresses if address]
    assert (
        len(known)
        == len(set(known))
        == len({row["email"].strip().lower() for row in delivered["leads"] if row["email"].strip()})
    )


def test_what_happened_to_messages_is_planted(
    velmora: Portal, truth: Truth, delivered: dict[str, list[Any]]
) -> None:
    sends, now = delivered["message_sends"], velmora.clock.now()

    def happened(name: str) -> int:
        return sum(bool(row.get(name) and row[name] <= now) for row in sends)

    assert Counter(event["type"] for event in truth["email_events"]) == {
        "SENT": happened("sent_at"),
        "DELIVERED": sum(row["is_delivered"] for row in sends),
        "BOUNCE": sum(not row["is_delivered"] for row in sends),
        "CLICK": happened("clicked_at"),
        "STATUSCHANGE": happened("unsubscribed_at"),
    }
    fills = [row for row in delivered["touches"] if row["touch_type"] == "form_fill"]
    assert len(truth["form_submissions"]) == len(fills)
    assert {each["name"] for each in truth["campaigns"]} == {
        row["campaign_name"] for row in delivered["campaigns"]
    }


def test_letters_told_alone_are_those_of_the_whole_story(
    delivered: dict[str, list[dict[str, Any]]],
) -> None:
    alone = tell_letters()[1].delivered
    for name in ("message_sends", "touches"):
        assert alone[name] == delivered[name]


def test_an_email_s_name_says_what_its_messages_are(
    velmora: Portal, delivered: dict[str, list[dict[str, Any]]]
) -> None:
    marketing = velmora.marketing
    code_of = {key: each.body["properties"]["hs_utm"] for key, each in marketing.campaigns.items()}
    told = Counter()
    for event in marketing.email_events:
        if event.type == "SENT":
            email = marketing.emails[event.email]
            parts = email.name.split(" | ")[:3]
            told[(*parts, code_of[email.body["campaign"]], event.recipient, event.at)] += 1
    names = ("programme", "rule", "content_asset_id", "campaign_id")
    assert told == Counter(
        (*(row[name] for name in names), row["email"].lower(), row["sent_at"])
        for row in delivered["message_sends"]
    )


def test_owners_alone_wait_for_nothing_else() -> None:
    portal = sample_portal(is_lazy=True)
    with HubSpotSimulator(portal) as simulator:
        headers = {"Authorization": f"Bearer {simulator.auth.private_token}"}

        def ask(path: str) -> list[Any]:
            answer = requests.get(f"{simulator.url}{path}", headers=headers, timeout=60)
            return list(answer.json()["results"])

        owners = ask("/crm/v3/owners?limit=100")
        assert len(owners) > 30
        assert not portal.marketing.emails
        assert len(ask("/marketing/v3/emails?limit=100")) == len(portal.marketing.emails) > 50
        assert ask("/crm/v3/objects/contacts")
        assert ask("/crm/v3/owners?limit=100") == owners


def test_stages_go_forward(velmora: Portal) -> None:
    order: dict[str, list[int]] = {}
    for record, _, value, *_ in velmora.history_of("contacts", "lifecyclestage"):
        order.setdefault(record, []).append(STAGES.index(value))
    assert all(stages == sorted(set(stages)) for stages in order.values())
    assert sum(len(stages) > 3 for stages in order.values()) > 50


def test_nothing_is_of_a_later_day(velmora: Portal, truth: Truth) -> None:
    now = velmora.clock.now()
    for kind in velmora.kinds:
        assert all(row["createdAt"] <= row["updatedAt"] <= now for row in truth[kind])
    for kind in ("form_submissions", "email_events"):
        assert all(row["at"] <= now for row in truth[kind])


def test_the_command_serves_and_tells_how_to_ask() -> None:
    command = [sys.executable, "-m", "sample_company.simulators.hubspot", "--token", "pat-eu1-me"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline().split() for _ in range(2)]
        running.terminate()
    assert lines[0][1].startswith("http://127.0.0.1:")
    assert lines[1] == ["token", "pat-eu1-me"]


@pytest.mark.real
def test_a_real_export_keeps_its_figures_and_its_dirt() -> None:
    portal = load_maven_crm(real_data("maven_crm"))
    truth = portal.truth()
    deals = [deal["properties"] for deal in truth["deals"]]
    stages = Counter(deal["dealstage"] for deal in deals)
    assert stages == {"won": 4238, "lost": 2473, "engaging": 1589, "prospecting": 500}
    assert sum(Decimal(deal["amount"] or 0) for deal in deals) == Decimal(10005534)
    assert sum(not deal["amount"] for deal in deals) == 2089
    assert sum(deal["createdate"].startswith("2017-12-31") for deal in deals) == 500
    assert len({deal["hubspot_owner_id"] for deal in deals}) == 30
    assert "GTXPro" in {deal["product_name"] for deal in deals}
    assert "technolgy" in {row["properties"]["industry"] for row in truth["companies"]}
    assert (len(truth["companies"]), len(truth["products"])) == (85, 7)
    assert len(portal.owners) == 41
    primary = [link for link in portal.links("deals", "companies") if link[4] == "Primary"]
    assert len(primary) == 8800 - 1425
    lines = {row["id"]: row["properties"] for row in truth["line_items"]}
    won = {row["id"] for row in truth["deals"] if row["properties"]["dealstage"] == "won"}
    prices = {row["id"]: Decimal(row["properties"]["price"]) for row in truth["products"]}
    listed = [
        prices[lines[line]["hs_product_id"]]
        for deal, line, *_ in portal.links("deals", "line_items")
        if deal in won
    ]
    assert sum(listed) == Decimal(10023482)
    staged = Counter(row[2] for row in portal.history_of("deals", "dealstage"))
    assert staged == {"won": 4238, "lost": 2473, "engaging": 8300, "prospecting": 500}

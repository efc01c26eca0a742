"""The story holds together: order of moments, owners, lines and channels."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from sample_company.buyers import STEPS_FROM_MQL, buyers
from sample_company.decisions import COMPANY, employee_on, in_euros
from sample_company.make_exports import HERE
from sample_company.story import tell_story
from sample_company.truth import quarter
from sample_company.world import FIRST_DAY, LAST_DAY, World, local_day

PATTERN_COLUMNS = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "referrer_domain",
    "click_id_type",
    "source_field",
)


@pytest.fixture(scope="module")
def world() -> World:
    return tell_story()


def moments_of_leads(world: World) -> Iterator[list]:
    for lead in world.leads:
        steps = [lead.moments[step] for step in STEPS_FROM_MQL if step in lead.moments]
        yield [lead.created_at, *steps]


def test_a_lead_moves_forward_in_time_and_within_the_three_years(world: World) -> None:
    for moments in moments_of_leads(world):
        assert all(earlier < later for earlier, later in pairwise(moments))
        assert local_day(moments[0]) >= FIRST_DAY
        assert local_day(moments[-1]) <= LAST_DAY


def test_a_deal_opens_after_its_lead_was_qualified(world: World) -> None:
    for deal in world.deals:
        if deal.lead:
            assert deal.created_at > deal.lead.moments["qualified_at"]


def test_the_history_of_a_deal_ends_in_its_state(world: World) -> None:
    for deal in world.deals:
        assert all(a.at < b.at for a, b in pairwise(deal.changes)), deal.opportunity_id
        assert deal.changes[0].at == deal.created_at
        assert [c.stage for c in deal.changes if c.stage][-1] == deal.stage
        assert [c.amount for c in deal.changes if c.amount is not None][-1] == deal.amount
        assert [c.close_date for c in deal.changes if c.close_date][-1] == deal.close_date
        assert [c.owner for c in deal.changes if c.owner][-1] == deal.owner


def test_closed_deals_close_on_their_close_date_and_after_creation(world: World) -> None:
    for deal in world.deals:
        if deal.is_won or deal.is_lost:
            assert local_day(deal.created_at) < deal.close_date <= LAST_DAY
            assert local_day(deal.changes[-1].at) == deal.close_date


def test_some_open_deals_are_past_due(world: World) -> None:
    still_open = [deal for deal in world.deals if not deal.is_won and not deal.is_lost]
    assert any(deal.close_date <= LAST_DAY for deal in still_open)


def test_rounding_by_line_and_by_deal_agree(world: World) -> None:
    for deal in world.deals:
        if deal.is_won:
            parts = [*(line.amount for line in deal.lines), deal.unallocated]
            euros = [in_euros(part, deal.currency, deal.close_date) for part in parts]
            assert sum(euros) == in_euros(deal.amount, deal.currency, deal.close_date)


def test_no_line_is_dearer_than_its_list_price(world: World) -> None:
    for deal in world.deals:
        for line in deal.lines:
            assert line.amount <= line.list_price * line.quantity


def test_untidy_cases_that_tell_rules_apart_exist(world: World) -> None:
    won = [deal for deal in world.deals if deal.is_won]
    moved = [
        deal
        for deal in won
        if employee_on(deal.owner, local_day(deal.created_at)).team
        != employee_on(deal.owner, deal.close_date).team
    ]
    other_first_channel = [
        deal
        for deal in world.deals
        if deal.person and not deal.lead and len({x.channel for x in deal.person.leads}) > 1
    ]
    midnight = [x for x in world.leads if local_day(x.created_at) != x.created_at.date()]
    assert moved
    assert other_first_channel
    assert midnight
    assert any(change.owner for deal in world.deals for change in deal.changes[1:])
    assert any(deal.unallocated for deal in won)
    assert any(not lead.moments and lead.status == "MQL" for lead in world.leads)
    assert any(lead.moments and "mql_at" not in lead.moments for lead in world.leads)


def test_buyers_are_told_apart_by_address_contact_and_lead(world: World) -> None:
    everybody = buyers(world)
    several = [buyer for buyer in everybody if len(buyer.leads) > 1]
    assert any(not lead.person for buyer in several for lead in buyer.leads)
    assert any(len({lead.email for lead in buyer.leads}) > 1 for buyer in several)
    assert any(not lead.email for buyer in several for lead in buyer.leads)
    assert any(not lead.email for buyer in everybody for lead in buyer.leads if not lead.person)
    assert any(len({quarter(local_day(x.created_at)) for x in b.leads}) > 1 for b in several)
    assert any(b.mql_day and b.first_lead.status in ("New", "Working") for b in several)


def test_who_came_first_never_depends_on_a_tie(world: World) -> None:
    for buyer in buyers(world):
        moments = [lead.created_at for lead in buyer.leads]
        assert len(set(moments)) == len(moments)
        assert all(deal.created_at > moments[0] for deal in buyer.deals)


def test_only_new_business_moves_a_buyer_without_a_lead(world: World) -> None:
    moving = [deal for buyer in buyers(world) for deal in buyer.deals]
    assert all(deal.lead or deal.kind == "new" for deal in moving)
    assert any(not deal.lead for deal in moving)
    assert any(deal.person and deal.kind != "new" for deal in world.deals)


def fits(pattern: str, value: str) -> bool:
    if pattern == "":
        return True
    if pattern == "<blank>":
        return value == ""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value) is not None


def channel_by_rules(look: tuple[str, ...], rules: list[dict[str, str]]) -> str:
    source, medium, campaign, referrer, click_id, field = (part.strip().lower() for part in look)
    values = (source, medium, campaign, urlsplit(referrer).netloc, click_id, field)
    for rule in sorted(rules, key=lambda rule: int(rule["rule_order"])):
        if all(
            fits(rule[name], value) for name, value in zip(PATTERN_COLUMNS, values, strict=True)
        ):
            return rule["channel_name"]
    return "unmapped" if any(values) else "not_recorded"


def test_channel_rules_find_the_planted_channel(world: World) -> None:
    with (COMPANY / "channels.csv").open(encoding="utf-8", newline="") as file:
        rules = list(csv.DictReader(file))
    for lead in world.leads:
        assert channel_by_rules(lead.look, rules) == lead.channel, lead.look
    for deal in world.deals:
        look = ("", "", "", "", "", deal.source_field)
        assert channel_by_rules(look, rules) == deal.source_channel


def test_the_story_lasts_three_years(world: World) -> None:
    assert timedelta(days=1095) == LAST_DAY - FIRST_DAY
    assert {lead.created_at.year for lead in world.leads} == {2023, 2024, 2025, 2026}


def test_readme_names_every_record_that_is_not_reportable(world: World) -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    excluded = {lead.lead_id for lead in world.leads if lead.exclusion}
    excluded |= {deal.opportunity_id for deal in world.deals if deal.is_deleted}
    excluded |= {account.account_id for account in world.accounts if account.is_competitor}
    paragraph = readme.split("These load and are kept")[1].split("\n\n")[0]
    assert set(re.findall(r"[ALO]-[0-9]+", paragraph)) == excluded

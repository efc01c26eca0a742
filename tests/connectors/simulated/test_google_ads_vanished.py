"""Google leaves zeros out: what vanishes is told from what was taken back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sample_company.simulators.advertising.figures import Figures
from tests.connectors.simulated.test_google_ads import AdsMeeting, _quick, young

__all__ = ["_quick", "young"]


@pytest.mark.parametrize(
    "field", ["campaign.name", "campaign.advertisingChannelType", "metrics.costMicros"]
)
def test_a_field_that_vanishes_is_red(young: AdsMeeting, field: str) -> None:
    """Google leaves zeros out, so that what a campaign cost would be nothing."""
    account = young.platform.accounts["1112223334"]
    campaign = young.platform.add_campaign(account, "Search", "SEARCH")
    for number in range(1, 4):
        day = young.platform.today(account) - timedelta(days=number)
        young.platform.tell(campaign, day, Figures(Decimal(5), 90, 9))
    young.pull()
    before = young.rows("*")
    young.simulator.shape.drop(field)
    (problem,) = young.pull().problems
    assert f"field {field} is not there in any row" in problem
    assert young.rows("*") == before
    young.simulator.shape.restore()
    assert young.pull().problems == []
    young.assert_equal()


@pytest.mark.parametrize("days", [2, 3])
def test_a_few_clicks_may_be_taken_back_and_many_by_a_full_refresh(
    young: AdsMeeting, days: int
) -> None:
    account = young.platform.accounts["1112223334"]
    campaign = young.platform.add_campaign(account, "Search", "SEARCH")
    told = [young.platform.today(account) - timedelta(days=back) for back in range(1, days + 1)]
    for day in told:
        young.platform.tell(campaign, day, Figures(Decimal(5), 90, 9))
    young.pull()
    for day in told:
        young.platform.tell(campaign, day, Figures(Decimal(5), 90))
    problems = young.pull().problems
    assert len(problems) == (days == 3)
    assert all("field metrics.clicks is not there" in text for text in problems)
    assert young.pull(is_full=True).problems == []
    young.assert_equal()

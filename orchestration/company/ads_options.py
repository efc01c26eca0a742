"""What the options of all advertising platforms share: from when, how far back again, whose reach.

Belongs here: shapes without a platform's words. Does not: any platform's options.
"""

from __future__ import annotations

from pydantic import Field

from orchestration.company.connector_options import delivered_dataset
from orchestration.company.datasets import Dataset
from orchestration.company.value_types import Day, Decision, PositiveInteger, Text
from orchestration.connectors.ads.reach import REACH_DATASET, WindowKind
from orchestration.connectors.ads.reach import SCHEMA as REACH_SCHEMA
from orchestration.connectors.ads.spend import SCHEMA as SPEND_SCHEMA
from orchestration.connectors.ads.spend import SPEND_DATASET


def _months() -> list[WindowKind]:
    return ["month"]


class AdsOptions(Decision):
    """From when spend is read, how far back again, and whose reach."""

    start_date: Day = Field(description="The first day that is read.")
    reach_windows: list[WindowKind] = Field(
        default_factory=_months,
        description="Windows whose reach is read, when they are over; empty for none.",
    )
    by_ad: bool = Field(
        True, description="Whether spend is read by ad too; what no ad tells stays without one."
    )
    campaign_kinds: list[Text] = Field(
        default_factory=list,
        description="Kinds of campaign that the platform has and Concord does not know yet.",
    )
    request_budget: PositiveInteger = Field(2000, description="Requests of one run at most.")


def ads_datasets(options: AdsOptions) -> dict[str, Dataset]:
    """Spend by campaign and day, and reach by window where one is chosen."""
    found = {
        SPEND_DATASET: delivered_dataset(
            SPEND_DATASET, "ad_spend", dict.fromkeys(SPEND_SCHEMA.names), ()
        )
    }
    if options.reach_windows:
        found[REACH_DATASET] = delivered_dataset(
            REACH_DATASET, "reach_windows", dict.fromkeys(REACH_SCHEMA.names), ()
        )
    return found

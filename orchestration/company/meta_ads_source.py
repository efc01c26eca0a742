"""Meta's ad accounts in sources.yml: which, from when, counted how, and which variables open them.

Belongs here: the options, and the datasets that follow. Does not: asking Meta anything
(connectors/meta_ads).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from orchestration.company.ads_options import AdsOptions, ads_datasets
from orchestration.company.connector_options import Address, VariableName
from orchestration.company.datasets import Dataset
from orchestration.company.value_types import Decision, PositiveInteger, Text, refuse

AttributionWindow = Literal["1d_click", "7d_click", "28d_click", "1d_view", "1d_ev"]


def _check_account(value: str) -> str:
    plain = value.removeprefix("act_")
    if not re.fullmatch(r"[0-9]{1,20}", plain):
        raise refuse(
            "is no ad account id",
            allowed='digits in quotes, with or without act_: "act_1234567890"',
            fix="copy it from the account's menu in Ads Manager",
        )
    return plain


def _check_version(value: str) -> str:
    if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]", value):
        raise refuse("is no API version", allowed='a version such as "v25.0"', fix="correct it")
    return value


def _check_windows(value: list[AttributionWindow]) -> list[AttributionWindow]:
    kinds = [window.split("_")[1] for window in value]
    if len(set(kinds)) < len(kinds):
        raise refuse(
            "holds two windows of one kind, so that conversions would count twice",
            allowed="one of 1d_click, 7d_click, 28d_click; with it 1d_view and 1d_ev",
            fix="keep the longer one",
        )
    return value


AccountId = Annotated[Text, AfterValidator(_check_account)]


class MetaAdsOptions(AdsOptions):
    """Which accounts are read, from when, counted how, and with which credentials."""

    account_ids: list[AccountId] = Field(
        default_factory=list, description="Ad accounts, in place of all that the token sees."
    )
    restated_days: PositiveInteger = Field(
        28, description="So many days back every run reads again; the attribution window at least."
    )
    conversion_actions: list[Text] = Field(
        default_factory=lambda: ["lead"],
        description="Action types whose sum is platform_conversions; they must not overlap.",
    )
    attribution_windows: Annotated[list[AttributionWindow], AfterValidator(_check_windows)] = Field(
        default_factory=list,
        description="Windows that conversions are counted in; empty for each ad set's own.",
    )
    days_at_once: PositiveInteger = Field(
        90, description="Days of one request at most; halved where they are too much."
    )
    sync_days: PositiveInteger = Field(
        31, description="Days that are read at once; more are read by a job."
    )
    api_version: Annotated[Text, AfterValidator(_check_version)] = Field(
        "v25.0", description="Version of the API."
    )
    base_url: Address = Field("https://graph.facebook.com", description="Address of the API.")
    access_token_variable: VariableName = Field(
        "META_ADS_ACCESS_TOKEN", description="Variable with the system user's token."
    )
    app_secret_variable: VariableName = Field(
        "META_ADS_APP_SECRET", description="Variable with the app's secret; may be unset."
    )


class MetaAdsSource(Decision):
    """Ad accounts of Meta."""

    _name: str = PrivateAttr("")

    loader: Literal["meta_ads"] = Field(description="Connector that reads the source.")
    options: MetaAdsOptions = Field(description="What the loader needs to know.")

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What it delivers: spend by campaign and day, reach by window."""
        return ads_datasets(self.options)

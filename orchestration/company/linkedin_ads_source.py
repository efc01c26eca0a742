"""LinkedIn's ad accounts in sources.yml: which, from when, and which variables open them.

Belongs here: the options, and the datasets that follow. Does not: asking LinkedIn anything
(connectors/linkedin_ads).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from orchestration.company.ads_options import AdsOptions, ads_datasets
from orchestration.company.connector_options import Address, VariableName
from orchestration.company.datasets import Dataset
from orchestration.company.value_types import Decision, PositiveInteger, Text, refuse

_ACCOUNT = "urn:li:sponsoredAccount:"


def _check_account(value: str) -> str:
    plain = value.removeprefix(_ACCOUNT)
    if not re.fullmatch(r"[0-9]{1,20}", plain):
        raise refuse(
            "is no ad account id",
            allowed='digits in quotes: "512345678"',
            fix="copy it from the address of Campaign Manager",
        )
    return plain


def _check_version(value: str) -> str:
    if not re.fullmatch(r"20[0-9]{2}(0[1-9]|1[0-2])", value):
        raise refuse(
            "is no API version", allowed='year and month in quotes: "202603"', fix="correct it"
        )
    return value


AccountId = Annotated[Text, AfterValidator(_check_account)]


class LinkedInAdsOptions(AdsOptions):
    """Which accounts are read, from when, and with which credentials."""

    account_ids: list[AccountId] = Field(
        default_factory=list, description="Ad accounts, in place of all that the user sees."
    )
    restated_days: PositiveInteger = Field(
        30, description="So many days back every run reads again; the conversion window at least."
    )
    days_at_once: PositiveInteger = Field(
        90, description="Days of one request; halved where an answer would be cut."
    )
    api_version: Annotated[Text, AfterValidator(_check_version)] = Field(
        "202603", description="Version of the API, year and month."
    )
    base_url: Address = Field("https://api.linkedin.com", description="Address of the API.")
    token_url: Address = Field(
        "https://www.linkedin.com/oauth/v2/accessToken",
        description="Where tokens are made.",
    )
    access_token_variable: VariableName = Field(
        "LINKEDIN_ADS_ACCESS_TOKEN", description="Variable with an access token, without a refresh."
    )
    client_id_variable: VariableName = Field(
        "LINKEDIN_ADS_CLIENT_ID", description="Variable with the app's client id."
    )
    client_secret_variable: VariableName = Field(
        "LINKEDIN_ADS_CLIENT_SECRET", description="Variable with the app's client secret."
    )
    refresh_token_variable: VariableName = Field(
        "LINKEDIN_ADS_REFRESH_TOKEN", description="Variable with the user's refresh token."
    )


class LinkedInAdsSource(Decision):
    """Ad accounts of LinkedIn."""

    _name: str = PrivateAttr("")

    loader: Literal["linkedin_ads"] = Field(description="Connector that reads the source.")
    options: LinkedInAdsOptions = Field(description="What the loader needs to know.")

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What it delivers: spend by campaign and day, reach by window."""
        return ads_datasets(self.options)

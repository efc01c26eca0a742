"""Google Ads in sources.yml: which accounts, from when, and which variables open them.

Belongs here: the options, and the dataset that follows. Does not: asking Google Ads anything
(connectors/google_ads).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from orchestration.company.ads_options import AdsOptions, ads_datasets
from orchestration.company.connector_options import Address, VariableName
from orchestration.company.datasets import Dataset
from orchestration.company.value_types import Decision, PositiveInteger, Text, refuse
from orchestration.connectors.ads.reach import WindowKind


def _check_customer(value: str) -> str:
    plain = value.replace("-", "")
    if not re.fullmatch(r"[0-9]{10}", plain):
        raise refuse(
            "is no customer id",
            allowed='ten digits in quotes, with or without dashes: "123-456-7890"',
            fix="copy it from the upper right corner of Google Ads",
        )
    return plain


def _check_version(value: str) -> str:
    if not re.fullmatch(r"v[0-9]{1,3}", value):
        raise refuse("is no API version", allowed='a version such as "v26"', fix="correct it")
    return value


CustomerId = Annotated[Text, AfterValidator(_check_customer)]


class GoogleAdsOptions(AdsOptions):
    """Which accounts are read, from when, and with which credentials."""

    login_customer_id: CustomerId | None = Field(
        None, description="Manager account; all accounts below it are read."
    )
    customer_ids: list[CustomerId] = Field(
        default_factory=list, description="Accounts, in place of all below the manager account."
    )
    restated_days: PositiveInteger = Field(
        30, description="So many days back every run reads again; the conversion window at least."
    )
    reach_windows: list[WindowKind] = Field(
        default_factory=list,
        description="Windows whose unique users are read, when they are over; default none.",
    )
    api_version: Annotated[Text, AfterValidator(_check_version)] = Field(
        "v26", description="Version of the API."
    )
    base_url: Address = Field("https://googleads.googleapis.com", description="Address of the API.")
    token_url: Address = Field(
        "https://oauth2.googleapis.com/token", description="Address where tokens are made."
    )
    developer_token_variable: VariableName = Field(
        "GOOGLE_ADS_DEVELOPER_TOKEN", description="Variable with the developer token."
    )
    client_id_variable: VariableName = Field(
        "GOOGLE_ADS_CLIENT_ID", description="Variable with the OAuth client's id."
    )
    client_secret_variable: VariableName = Field(
        "GOOGLE_ADS_CLIENT_SECRET", description="Variable with the OAuth client's secret."
    )
    refresh_token_variable: VariableName = Field(
        "GOOGLE_ADS_REFRESH_TOKEN", description="Variable with the user's refresh token."
    )


class GoogleAdsSource(Decision):
    """Accounts of Google Ads."""

    _name: str = PrivateAttr("")

    loader: Literal["google_ads"] = Field(description="Connector that reads the source.")
    options: GoogleAdsOptions = Field(description="What the loader needs to know.")

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What it delivers: spend by campaign and day, reach by window where one is chosen."""
        return ads_datasets(self.options)

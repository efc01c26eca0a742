"""LinkedIn's errors: what is waited for, what is for another day, what a person has to mend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.connectors.errors import CredentialsRefused, FixConfiguration, StopForToday
from tests.connectors.ads_home import AdsHome, day
from tests.connectors.fake_linkedin_ads import (
    CREDENTIALS,
    PLAIN_TOKEN,
    FakeAccount,
    FakeLinkedInAds,
    error,
)
from tests.connectors.fake_server import Said

_EXPIRED = error(401, 65602, "The token used in the request has expired", "EXPIRED_ACCESS_TOKEN")
_REVOKED = error(401, 65601, "The token used in the request has been revoked by the user")
_INVALID = error(401, 65600, f"Invalid access token {PLAIN_TOKEN}")


@pytest.fixture
def linkedin() -> Iterator[FakeLinkedInAds]:
    fake = FakeLinkedInAds()
    fake.accounts["511"] = FakeAccount(cost={("7", day(40)): "1.00"})
    yield fake
    fake.close()


@pytest.fixture
def home(linkedin: FakeLinkedInAds, tmp_path: Path) -> AdsHome:
    found = AdsHome("linkedin_ads", linkedin.url, tmp_path, CREDENTIALS)
    found.options["token_url"] = f"{linkedin.url}/oauth/v2/accessToken"
    return found


def test_an_expired_token_is_replaced_in_the_middle(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    linkedin.plan.extend([None, None, None, _EXPIRED])
    assert home.pull().problems == []
    assert linkedin.tokens == 2
    assert len(home.spend()) == 1


def test_a_new_token_that_is_refused_too_ends_the_pull(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    linkedin.plan.extend([None, _EXPIRED, None, _EXPIRED])
    with pytest.raises(CredentialsRefused, match="a new one too"):
        home.pull()


@pytest.mark.parametrize(
    ("said", "words"),
    [(_EXPIRED, "has expired"), (_REVOKED, "was revoked"), (_INVALID, "is not valid")],
)
def test_a_plain_token_that_is_refused_says_what_to_do(
    linkedin: FakeLinkedInAds, home: AdsHome, said: Said, words: str
) -> None:
    home.variables = {"LINKEDIN_ADS_ACCESS_TOKEN": PLAIN_TOKEN}
    assert home.pull().problems == []
    linkedin.plan.append(said)
    with pytest.raises(CredentialsRefused, match=words) as refused:
        home.pull()
    assert "set LINKEDIN_ADS_ACCESS_TOKEN to a new one" in str(refused.value)
    assert PLAIN_TOKEN not in str(refused.value)


def test_refused_and_missing_credentials_are_named_and_never_shown(home: AdsHome) -> None:
    home.variables["LINKEDIN_ADS_REFRESH_TOKEN"] = "oldsecret01234"  # noqa: S105
    with pytest.raises(CredentialsRefused, match="LINKEDIN_ADS_REFRESH_TOKEN") as refused:
        home.pull()
    assert "oldsecret" not in str(refused.value)
    del home.variables["LINKEDIN_ADS_CLIENT_SECRET"]
    with pytest.raises(FixConfiguration, match="LINKEDIN_ADS_CLIENT_SECRET is not set"):
        home.pull()
    home.variables.clear()
    with pytest.raises(FixConfiguration, match="neither LINKEDIN_ADS_REFRESH_TOKEN"):
        home.pull()


def test_the_days_limit_stops_at_once(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    words = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
    linkedin.plan.extend([None, None, None, error(429, 101, words, "TOO_MANY_REQUESTS")])
    with pytest.raises(StopForToday, match="until midnight UTC"):
        home.pull()
    assert home.waits == []


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (error(429, 101, "slow down", headers={"Retry-After": "7"}), 7),
        (error(429, 101, "more metric values than allowed in 5 minutes"), 60),
        (error(503, 0, "overloaded", headers={"Retry-After": "3"}), 3),
    ],
)
def test_a_short_limit_is_waited_for(
    linkedin: FakeLinkedInAds, home: AdsHome, said: Said, wait: float
) -> None:
    linkedin.plan.extend([None, None, None, said])
    assert home.pull().problems == []
    assert home.waits == [wait]
    assert len(home.spend()) == 1


@pytest.mark.parametrize("said", [error(500, 0, "internal"), Said(504, "no json of LinkedIn")])
def test_a_passing_fault_is_tried_again(
    linkedin: FakeLinkedInAds, home: AdsHome, said: Said
) -> None:
    linkedin.plan.extend([None, None, None, said])
    assert home.pull().problems == []
    assert len(home.waits) == 1
    assert len(home.spend()) == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (error(403, 100, "Not enough permissions", "ACCESS_DENIED"), ["r_ads_reporting", "role"]),
        (
            error(426, 0, "Requested version 20240301 is not active", "NONEXISTENT_VERSION"),
            ["20240301", "options.api_version"],
        ),
        (error(400, 0, "Unknown field totalEngagement", "ILLEGAL_ARGUMENT"), ["totalEngagement"]),
        (error(404, 0, "Not found"), ["404"]),
    ],
)
def test_what_a_person_must_mend_is_a_problem_of_its_account(
    linkedin: FakeLinkedInAds, home: AdsHome, said: Said, words: list[str]
) -> None:
    linkedin.accounts["522"] = FakeAccount(cost={("9", day(40)): "1.00"})
    linkedin.plan.extend([None, None, None, said])
    [problem] = home.pull().problems
    assert [word for word in ["account 511", *words] if word not in problem] == []
    assert home.spend().keys() == {("522", "9", day(40))}


def test_a_broken_page_is_read_again(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    linkedin.plan.extend([None, None, None, Said(200, {"elements": "none"})])
    assert home.pull().problems == []
    assert len(home.spend()) == 1

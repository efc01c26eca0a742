"""Meta's errors: what is waited for, what is for another day, what a person has to mend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.connectors import limits
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    Retry,
    StopForToday,
    WaitUntil,
)
from orchestration.connectors.http import Answer
from orchestration.connectors.meta_ads.answers import classify
from tests.connectors.ads_home import AdsHome, day
from tests.connectors.fake_meta_ads import (
    APP_SECRET,
    CREDENTIALS,
    TOKEN,
    FakeAccount,
    FakeMetaAds,
    error,
)
from tests.connectors.fake_server import Said


@pytest.fixture
def meta() -> Iterator[FakeMetaAds]:
    fake = FakeMetaAds()
    fake.accounts["111"] = FakeAccount(spend={("7", day(40)): "1.00"})
    yield fake
    fake.close()


@pytest.fixture
def home(meta: FakeMetaAds, tmp_path: Path) -> AdsHome:
    found = AdsHome("meta_ads", meta.url, tmp_path, CREDENTIALS)
    found.options |= {"restated_days": 5, "start_date": "2026-01-08"}
    return found


def _usage(minutes: int) -> dict[str, str]:
    case = {"type": "ads_insights", "call_count": 100, "estimated_time_to_regain_access": minutes}
    return {"X-Business-Use-Case-Usage": json.dumps({"987": [case]})}


_APP = {"X-App-Usage": json.dumps({"call_count": 100, "total_time": 25, "total_cputime": 25})}


@pytest.mark.parametrize(
    "said",
    [
        error(4, 1504022, "Application request limit reached", status=403, headers=_APP),
        error(17, 2446079, "User request limit reached"),
        error(32, 0, "Page request limit reached"),
        error(613, 1487742, "too many calls from this ad-account"),
        error(80000, 2446079, "too many calls to this ad-account"),
        error(80004, 0, "too many calls to this ad-account"),
    ],
)
def test_a_limit_without_an_end_is_waited_for_a_minute(
    meta: FakeMetaAds, home: AdsHome, said: Said
) -> None:
    meta.plan.extend([None, None, said])
    assert home.pull().problems == []
    assert home.waits == [60]
    assert len(home.spend()) == 1


def test_a_limit_that_says_its_end_is_waited_for_until_then(
    meta: FakeMetaAds, home: AdsHome
) -> None:
    meta.plan.extend([None, None, error(80000, 2446079, headers=_usage(5))])
    assert home.pull().problems == []
    assert 290 < home.waits[0] <= 300
    account = {"acc_id_util_pct": 100, "reset_time_duration": 90}
    headers = {"X-Ad-Account-Usage": json.dumps(account)}
    meta.plan.extend([None, None, error(17, 0, headers=headers)])
    home.pull()
    assert 80 < home.waits[1] <= 90


def test_a_limit_of_hours_stops_the_day_at_once(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.plan.extend([None, None, error(80000, 2446079, headers=_usage(600))])
    with pytest.raises(StopForToday, match="comes back in 600 minutes"):
        home.pull()
    assert home.waits == []


@pytest.mark.parametrize(
    "said",
    [
        error(1, 0, "An unknown error occurred"),
        error(2, 0, "Service temporarily unavailable", status=500),
        error(368, 0, "try again", is_transient=True),
        Said(503, "no json of Meta"),
    ],
)
def test_a_passing_fault_is_tried_again(meta: FakeMetaAds, home: AdsHome, said: Said) -> None:
    meta.plan.extend([None, None, said])
    assert home.pull().problems == []
    assert len(home.waits) == 1
    assert len(home.spend()) == 1


@pytest.mark.parametrize(
    "said",
    [
        error(1, 99, "An unknown error occurred"),
        error(-2, 0, "Timeout"),
        Said(504, {}),
        error(100, 1487534, "too much data"),
    ],
)
def test_a_timeout_is_read_by_a_job(meta: FakeMetaAds, home: AdsHome, said: Said) -> None:
    meta.plan.extend([None, None, said])
    assert home.pull().problems == []
    assert "POST" in {asked.method for asked in meta.asked}
    assert len(home.spend()) == 1


def test_what_is_late_and_no_report_is_tried_again(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.plan.extend([Said(504, {}), None, error(1, 99, "An unknown error occurred")])
    assert home.pull().problems == []
    assert len(home.waits) == 2
    assert len(home.spend()) == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (error(190, 463, "Session has expired"), ["it has expired", "ads_read"]),
        (error(190, 460, "password"), ["password changed"]),
        (error(190, 458, "not authorized"), ["the app was removed"]),
        (error(190, 0, f"Malformed access token {TOKEN}"), ["not valid", "***"]),
        (error(102, 0, "Session key invalid"), ["not valid"]),
    ],
)
def test_a_refused_token_says_what_to_do_and_never_the_token(
    meta: FakeMetaAds, home: AdsHome, said: Said, words: list[str]
) -> None:
    meta.plan.append(said)
    with pytest.raises(CredentialsRefused) as refused:
        home.pull()
    assert [word for word in words if word not in str(refused.value)] == []
    assert TOKEN not in str(refused.value)
    assert len(meta.asked) == 1, "no other account is tried"


def test_a_token_that_is_cut_in_a_message_is_not_shown(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.plan.append(error(190, 0, "x" * 290 + TOKEN + APP_SECRET))
    with pytest.raises(CredentialsRefused) as refused:
        home.pull()
    assert TOKEN[:6] not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (error(10, 0, "Application does not have permission"), ["ads_read"]),
        (error(200, 0, "Ad account owner has NOT grant", status=403), ["View performance"]),
        (error(100, 33, "Object with ID does not exist"), ["code 100 subcode 33"]),
        (error(100, 0, "(#100) inline_clicks is not valid for fields"), ["inline_clicks"]),
        (error(3018, 0, "beyond 37 months"), ["37 months"]),
        (error(2635, 0, "deprecated version"), ["options.api_version"]),
    ],
)
def test_what_a_person_must_mend_is_a_problem_of_its_account(
    meta: FakeMetaAds, home: AdsHome, said: Said, words: list[str]
) -> None:
    meta.accounts["222"] = FakeAccount(spend={("9", day(40)): "1.00"})
    meta.plan.extend([None, None, said])
    [problem] = home.pull().problems
    assert [word for word in ["account 111", *words] if word not in problem] == []
    assert home.spend().keys() == {("222", "9", day(40))}


def test_another_version_that_answers_is_noted(meta: FakeMetaAds, home: AdsHome) -> None:
    home.options["account_ids"] = ["111"]
    own = {"currency": "EUR", "timezone_name": "UTC", "account_status": 1}
    empty = Said(200, {"data": []}, {"facebook-api-version": "v27.0"})
    meta.plan.extend([Said(200, own), empty, empty])
    [note] = home.pull().notes
    assert "answered as v27.0, because v25.0 has ended" in note


def test_a_missing_token_is_named(home: AdsHome) -> None:
    del home.variables["META_ADS_ACCESS_TOKEN"]
    with pytest.raises(FixConfiguration, match="META_ADS_ACCESS_TOKEN is not set"):
        home.pull()


def test_faults_that_do_not_end_leave_what_was_there(
    meta: FakeMetaAds, home: AdsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.pull()
    before = home.files()
    monkeypatch.setattr(limits, "ATTEMPTS", 2)
    meta.accounts["111"].spend[("7", day(40))] = "9.00"
    meta.plan.extend([None, None, *[error(2)] * 2])
    with pytest.raises(Retry):
        home.pull()
    assert home.files() == before


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said(200, {"data": []}), None),
        (error(4, status=403), Retry),
        (error(80004, headers=_usage(3)), WaitUntil),
        (error(80004, headers=_usage(0)), Retry),
        (error(80004, headers={"X-Business-Use-Case-Usage": "no json"}), Retry),
        (error(4, status=200), Retry),
        (Said(429, {}), Retry),
        (Said(400, "no object"), FixConfiguration),
    ],
)
def test_the_class_of_an_answer(said: Said, expected: type[ConnectorError] | None) -> None:
    found = classify(Answer(said.status, said.headers, json.dumps(said.body).encode()))
    assert type(found) is (expected or type(None))

"""`concord check --connect`, `doctor` and `replay` on a company whose CRM is an org."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from orchestration.connectors.salesforce.replay import replay
from orchestration.state import StateStore
from tests.connectors.conftest import CREDENTIALS, Pulling
from tests.connectors.fake_salesforce import CLIENT_SECRET, FakeOrg, Reply
from tests.connectors.test_salesforce_to_marts import company

ONE, TWO = (f"00100000000000{number}AAA" for number in (1, 2))
Command = Callable[..., Result]


@pytest.fixture
def command(org: FakeOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    environment = {
        "CONCORD_COMPANY": str(company(tmp_path / "company")),
        "CONCORD_HOME": str(tmp_path / "home"),
        "SALESFORCE_URL": org.url,
        **CREDENTIALS,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments, **more: CliRunner(env=more).invoke(main, list(arguments))


def test_check_tries_the_credentials(org: FakeOrg, command: Command) -> None:
    del org.fields["ForecastingQuota"]
    result = command("check", "--connect")
    assert result.exit_code == 0, result.output
    assert "crm_export: signed in, 24 objects can be read" in result.output
    assert "left out: ForecastingQuota" in result.output


def test_check_says_what_is_missing(org: FakeOrg, command: Command) -> None:
    del org.fields["Account"]["Industry"]
    del org.fields["Opportunity"]["StageName"]
    result = command("check", "--connect")
    assert result.exit_code == 3
    assert "object Opportunity: field StageName does not exist" in result.output
    assert "blank: Account.Industry" in result.output
    result = command("check", "--connect", SALESFORCE_CLIENT_ID="planted-wrong")
    assert result.exit_code == 3
    assert "refused the credentials of SALESFORCE_CLIENT_ID" in result.output
    assert "planted" not in result.output


def test_doctor_shows_and_clears_what_is_stuck(
    org: FakeOrg, command: Command, pulling: Pulling, tmp_path: Path
) -> None:
    assert "Nothing has run" in command("doctor").output
    home = tmp_path / "home"
    pulling.state = StateStore(home / "state" / "concord.sqlite")
    org.faults = [lambda method, target: Reply(500, b"") if "FROM+Contact" in target else None]
    with pytest.raises(Exception, match="500"):
        pulling.settle_and_pull()
    left = home / "deliveries" / "crm" / "people" / ".staged.tmp"
    left.parent.mkdir(parents=True)
    left.touch()
    shown = command("doctor")
    assert shown.exit_code == 1
    assert "A pull did not end" in shown.output
    cleared = command("doctor", "--clear")
    assert cleared.exit_code == 0, cleared.output
    assert not left.exists()
    assert "Account" in cleared.output


def test_a_replay_gives_the_same_rows_and_asks_nobody(org: FakeOrg, pulling: Pulling) -> None:
    org.batch = 3
    pulling.options["bulk_threshold"] = 8
    for number in range(10):
        org.add("Account", f"001{number:012d}AAA", Name=f"A {number}")
        org.add("CampaignMember", f"00v{number:012d}AAA", HasResponded=True, CampaignId="701")
    pulling.settle_and_pull()
    org.change("Account", ONE, Name="changed")
    org.delete("CampaignMember", "00v000000000001AAA")
    pulling.settle_and_pull()
    org.purge("Account", TWO)
    org.purge("CampaignMember", "00v000000000002AAA")
    org.pass_time(days=8)
    pulling.pull()
    before = {name: pulling.rows(name, shape) for name, shape in SHAPES.items()}
    shutil.rmtree(pulling.home / "deliveries")
    org.requests.clear()
    source = pulling.source
    assert source.connector is not None
    counts = replay(pulling.context(), source.connector)
    assert org.requests == []
    assert counts["accounts"] == 10
    assert {name: pulling.rows(name, shape) for name, shape in SHAPES.items()} == before


SHAPES = {"accounts": "account_id, account_name, is_deleted", "campaign_members": "touch_id"}


def test_no_kept_page_holds_a_secret(org: FakeOrg, pulling: Pulling) -> None:
    org.add("Account", ONE, Name="A")
    pulling.settle_and_pull()
    for path in (pulling.home / "raw_pages").rglob("*"):
        if path.is_file():
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else b""
            assert CLIENT_SECRET.encode() not in content + path.read_bytes()
            assert b"planted-token" not in content

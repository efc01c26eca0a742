"""`concord run` on a company whose CRM is an org: from the API to the published marts."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import yaml

from tests.conftest import ROOT, RunHome, concord, run_home
from tests.connectors.conftest import CREDENTIALS
from tests.connectors.fake_salesforce import CLIENT_SECRET, TOKENS, FakeOrg

OPENED = datetime(2017, 3, 1, 9, tzinfo=UTC)
ACCOUNT, USER = "001000000000001AAA", "005000000000001AAA"
WON, LOST, PURGED = (f"00600000000000{number}AAA" for number in (1, 2, 3))


def fill(org: FakeOrg) -> None:
    org.add("Account", ACCOUNT, OPENED, Name="Acme", Industry="medical", OwnerId=USER)
    org.add("User", USER, OPENED, Name="Ann", Department="East", IsActive=True)
    for number, (record_id, stage) in enumerate(((WON, "Won"), (LOST, "Lost"), (PURGED, "Won"))):
        org.add(
            "Opportunity",
            record_id,
            OPENED,
            Name=stage,
            AccountId=ACCOUNT,
            OwnerId=USER,
            StageName=stage,
            Amount=100.25 + number,
            CloseDate="2017-05-01",
            Type="new",
        )
    for number, (record_id, stage) in enumerate(((WON, "Engaging"), (WON, "Won"))):
        org.add(
            "OpportunityHistory",
            f"00800000000000{number}AAA",
            OPENED,
            OpportunityId=record_id,
            StageName=stage,
            Amount=100.25,
            CloseDate="2017-05-01",
        )


def company(folder: Path) -> Path:
    """The example of the CRM export, with an org in place of its files."""
    shutil.copytree(ROOT / "examples" / "crm_export", folder)
    source = {"loader": "salesforce", "options": {"instance_url": "${SALESFORCE_URL}"}}
    text = yaml.safe_dump({"sources": {"crm_export": source}})
    (folder / "sources.yml").write_text(text)
    return folder


def seen(run: RunHome) -> list[tuple[object, ...]]:
    return run.query(
        "select source_system, source_id, sales_stage, amount_local, exclusion_reason "
        "from core.fct_opportunity order by source_id"
    )


def test_an_org_arrives_in_the_marts_and_leaves_no_secret(org: FakeOrg, tmp_path: Path) -> None:
    fill(org)
    run = run_home(
        tmp_path / "home",
        CONCORD_COMPANY=str(company(tmp_path / "company")),
        SALESFORCE_URL=org.url,
        **CREDENTIALS,
    )
    assert seen(run) == [
        ("salesforce", WON, "won", Decimal("100.25"), None),
        ("salesforce", LOST, "lost", Decimal("101.25"), None),
        ("salesforce", PURGED, "won", Decimal("102.25"), None),
    ]
    org.pass_time(hours=1)
    org.change("Opportunity", LOST, org.now, Amount=7)
    org.purge("Opportunity", PURGED)
    org.pass_time(days=8)
    again = run.again()
    assert again.code == 0, again.text
    assert [row[3:] for row in seen(run)] == [
        (Decimal("100.25"), None),
        (Decimal("7.00"), None),
        (Decimal("102.25"), "deleted"),
    ]
    refused = concord(
        run.home, "run", **{**run.environment, "SALESFORCE_CLIENT_ID": "planted-wrong-id"}
    )
    assert refused.code == 1
    assert "SALESFORCE_CLIENT_SECRET" in refused.text
    for path in run.home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            for secret in (CLIENT_SECRET, TOKENS, "planted-wrong-id", "planted-client-id"):
                assert secret.encode() not in content, path
    for text in (run.finished.text, again.text, refused.text):
        assert "planted" not in text

"""`concord run` on a company whose CRM is HubSpot: from the API to the published marts."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import yaml

from tests.conftest import ROOT, RunHome, concord, run_home
from tests.connectors.accounts import account, pipeline
from tests.connectors.fake_hubspot import TOKEN, FakeAccount

__all__ = ["account"]

OPENED = datetime(2017, 3, 1, 9, tzinfo=UTC)
WON, LOST, ERASED = 21, 22, 23


def fill(account: FakeAccount) -> None:
    stages = [
        ("1", "Engaging", "0.4", False),
        ("2", "Won", "1.0", True),
        ("3", "Lost", "0.0", True),
    ]
    account.pipelines["deals"] = [pipeline(*stages)]
    account.owners = [
        {"id": "5", "userId": 55, "firstName": "Ann", "archived": False, "updatedAt": "2017-01-01"}
    ]
    account.add("companies", 11, OPENED, name="Acme", industry="medical", hubspot_owner_id="5")
    for number, (deal, stage) in enumerate(((WON, "2"), (LOST, "3"), (ERASED, "2"))):
        account.add(
            "deals",
            deal,
            OPENED,
            dealname=f"Deal {deal}",
            dealstage="1",
            pipeline="default",
            amount=str(Decimal("100.25") + number),
            closedate="2017-05-01T00:00:00Z",
            dealtype="newbusiness",
            hubspot_owner_id="5",
        )
        account.change("deals", deal, datetime(2017, 5, 1, tzinfo=UTC), dealstage=stage)
        account.link("deals", deal, "companies", 11, (5, "Deal with Primary Company"))


def company(folder: Path) -> Path:
    """The example of the CRM export, with an account in place of its files."""
    shutil.copytree(ROOT / "examples" / "crm_export", folder)
    source = {"loader": "hubspot", "options": {"base_url": "${HUBSPOT_URL}"}}
    text = yaml.safe_dump({"sources": {"crm_export": source}})
    (folder / "sources.yml").write_text(text)
    return folder


def seen(run: RunHome) -> list[tuple[object, ...]]:
    return run.query(
        "select source_system, source_id, sales_stage, amount_local, exclusion_reason "
        "from core.fct_opportunity order by source_id"
    )


def test_an_account_arrives_in_the_marts_and_leaves_no_secret(
    account: FakeAccount, tmp_path: Path
) -> None:
    fill(account)
    run = run_home(
        tmp_path / "home",
        CONCORD_COMPANY=str(company(tmp_path / "company")),
        HUBSPOT_URL=account.url,
        HUBSPOT_TOKEN=TOKEN,
    )
    assert seen(run) == [
        ("hubspot", "21", "won", Decimal("100.25"), None),
        ("hubspot", "22", "lost", Decimal("101.25"), None),
        ("hubspot", "23", "won", Decimal("102.25"), None),
    ]
    account.pass_time(hours=1)
    account.change("deals", LOST, amount="7")
    account.purge("deals", ERASED)
    account.pass_time(days=8)
    again = run.again()
    assert again.code == 0, again.text
    assert [row[3:] for row in seen(run)] == [
        (Decimal("100.25"), None),
        (Decimal("7.00"), None),
        (Decimal("102.25"), "deleted"),
    ]
    refused = concord(run.home, "run", **{**run.environment, "HUBSPOT_TOKEN": "planted-wrong"})
    assert refused.code == 1
    assert "refused the token of HUBSPOT_TOKEN" in refused.text
    for path in run.home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            for secret in (TOKEN, "planted-wrong"):
                assert secret.encode() not in content, path
    for text in (run.finished.text, again.text, refused.text):
        assert "planted" not in text

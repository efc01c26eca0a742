"""The file drop on real exports, which lie beside the project and are not part of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

_at = datetime.fromisoformat  # UTC without a zone, as raw tables hold it

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.real


def _folder(name: str) -> Path:
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"the real export {folder} is not here")
    return folder


def test_a_real_crm_export(drop: Any) -> None:
    drop.folder = _folder("maven_crm")
    drop.datasets = {
        "pipeline": {
            "entity": "opportunities",
            "files": "sales_pipeline*.csv",
            "columns": {
                "opportunity_id": "opportunity_id",
                "owner_employee_id": "sales_agent",
                "product_id": "product",
                "account_id": "account",
                "sales_stage": "deal_stage",
                "created_at": "engage_date",
                "close_date": "close_date",
                "amount": "close_value",
            },
            "value_aliases": {"product_id": {"GTXPro": "GTX Pro"}},
        }
    }
    drop.extract()

    assert not drop.result.refusals
    assert not drop.result.quarantined
    rows = drop.rows()
    assert len(rows) == 8_800
    won = [row["amount"] for row in rows if row["sales_stage"] == "Won"]
    assert (len(won), sum(won)) == (4_238, Decimal("10005534.00"))
    assert sum(row["account_id"] is None for row in rows) == 1_425
    assert sum(row["created_at"] is None for row in rows) == 500
    assert {row["product_id"] for row in rows} >= {"GTX Pro"}
    assert "GTXPro" not in {row["product_id"] for row in rows}


def test_real_marketing_leads(drop: Any) -> None:
    drop.folder = _folder("olist_funnel")
    drop.datasets = {
        "leads": {
            "entity": "leads",
            "files": "olist_marketing*.csv",
            "columns": {
                "lead_id": "mql_id",
                "created_at": "first_contact_date",
                "source_field": "origin",
            },
            "attributes": ["landing_page_id"],
        }
    }
    drop.extract()

    assert not drop.result.refusals
    assert not drop.result.quarantined
    rows = drop.rows("leads")
    assert len(rows) == 8_000
    assert min(row["created_at"] for row in rows) == _at("2017-06-14 00:00:00")
    assert sum(row["source_field"] is None for row in rows) == 60

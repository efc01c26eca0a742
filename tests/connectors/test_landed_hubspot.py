"""HubSpot's landed tables give the rows that HubSpot's connector gives for the same facts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.accounts import STAGES, HubSpotPulling, account, hubspot
from tests.connectors.fake_hubspot import FakeAccount
from tests.connectors.landed_home import EXTRACTED, SYNCED, LandedHome, Rows

__all__ = ["account", "hubspot"]


def fill(account: FakeAccount) -> None:
    """A few deals with a company, contacts, a history and an owner."""
    account.owners = [
        {"id": "1", "userId": 11, "email": "o@example.com", "firstName": "Own", "lastName": "Er"}
        | {"archived": is_archived, "updatedAt": "2026-01-01T00:00:00Z", "teams": []}
        for is_archived in (False,)
    ]
    account.add("companies", 5, name="Acme", domain="acme.example", numberofemployees="12")
    account.add("companies", 50, name="Fifty", annualrevenue="1000.5")
    account.add("contacts", 3, firstname="Ann", lastname="Lee", email="ann@example.com")
    account.link("contacts", 3, "companies", 5, (1, None))
    for number, amount in ((7, "1234.5"), (8, ""), (9, "0.1")):
        account.add(
            "deals", number, dealname=f"Deal {number}", amount=amount, dealstage="open",
            pipeline="default", closedate="2026-02-03T00:00:00Z", hubspot_owner_id="1",
            dealtype="newbusiness", deal_currency_code="EUR",
        )  # fmt: skip
    account.link("deals", 7, "companies", 50, (341, None))
    account.link("deals", 7, "companies", 5, (341, None), (5, None))
    account.link("deals", 8, "companies", 50, (341, None))
    account.link("deals", 7, "contacts", 3, (3, None))
    account.pass_time(hours=1)
    account.change("deals", 7, dealstage="won", amount="99")
    account.add(
        "calls", 70, hs_timestamp="2026-01-05T10:00:00Z", hubspot_owner_id="1",
        hs_call_disposition="connected",
    )  # fmt: skip
    account.link("calls", 70, "deals", 7, (206, None))
    for number, status in ((80, "COMPLETED"), (81, "NOT_STARTED")):
        account.add(
            "tasks", number, hs_timestamp="2026-01-05T10:00:00Z", hubspot_owner_id="1",
            hs_task_status=status,
        )  # fmt: skip


def by_fivetran(account: FakeAccount) -> dict[str, Rows]:
    def table(name: str, key: str) -> Rows:
        return [
            {key: int(record["id"]), **SYNCED, flag(name): False}
            | {f"property_{n}": v for n, v in record["properties"].items()}
            for record in account.records[name].values()
        ]

    def flag(name: str) -> str:
        return "_fivetran_deleted" if name in ("contacts", "calls", "tasks") else "is_deleted"

    def links(name: str, to: str, columns: tuple[str, str]) -> Rows:
        return [
            {columns[0]: int(own), columns[1]: int(other), "type_id": kind, **SYNCED}
            for own, held in account.links.get((name, to), {}).items()
            for other, types in held.items()
            for kind, _ in types
        ]

    deals = table("deals", "deal_id")
    for row in deals:
        row["deal_pipeline_stage_id"] = row.pop("property_dealstage")
        row["owner_id"] = int(row.pop("property_hubspot_owner_id"))
    return {
        "deal": deals,
        "company": table("companies", "id"),
        "contact": table("contacts", "id"),
        "engagement_call": table("calls", "engagement_id"),
        "engagement_task": table("tasks", "engagement_id"),
        "deal_company": links("deals", "companies", ("deal_id", "company_id")),
        "deal_contact": links("deals", "contacts", ("deal_id", "contact_id")),
        "contact_company": links("contacts", "companies", ("contact_id", "company_id")),
        "engagement_deal": links("calls", "deals", ("engagement_id", "deal_id")),
        "deal_pipeline_stage": [
            {"stage_id": stage, "label": label, "probability": float(probability or 0), **SYNCED}
            for stage, label, probability, _ in STAGES["deals"]
        ],
        "deal_property_history": [
            {"deal_id": int(record["id"]), "name": name, "value": version["value"]}
            | {"timestamp": version["timestamp"], "source": version["sourceType"], **SYNCED}
            for record in account.records["deals"].values()
            for name, versions in record["history"].items()
            for version in versions
        ],
        "owner": [
            {"owner_id": 1, "email": "o@example.com", "first_name": "Own", "last_name": "Er"}
            | {"updated_at": "2026-01-01T00:00:00Z", "_fivetran_deleted": False, **SYNCED}
        ],
    }


def by_airbyte(account: FakeAccount, *, is_flat: bool) -> dict[str, Rows]:
    def table(name: str, **lists: str) -> Rows:
        rows: Rows = []
        for record in account.records[name].values():
            shown = record["properties"]
            flat = {f"properties_{n}": v for n, v in shown.items()}
            rows.append(
                {"id": record["id"], "createdAt": record["createdAt"], "archived": False}
                | {"updatedAt": record["updatedAt"], **EXTRACTED}
                | (flat if is_flat else {"properties": shown})
                | {
                    column: list(account.links.get((name, to), {}).get(record["id"], {})) * 2
                    for column, to in lists.items()
                }
            )
        return rows

    return {
        "deals": table("deals", companies="companies", contacts="contacts"),
        "companies": table("companies"),
        "contacts": table("contacts", companies="companies"),
        "engagements_calls": table("calls", deals="deals"),
        "engagements_tasks": table("tasks", deals="deals"),
        "deal_pipelines": [
            {"pipelineId": "default", "label": "Sales", **EXTRACTED}
            | {
                "stages": [
                    {"stageId": stage, "label": label, "metadata": {"probability": probability}}
                    for stage, label, probability, _ in STAGES["deals"]
                ]
            }
        ],
        "deals_property_history": [
            {"dealId": record["id"], "property": name, "value": version["value"], **EXTRACTED}
            | {"timestamp": milliseconds(version["timestamp"]), "source": version["sourceType"]}
            for record in account.records["deals"].values()
            for name, versions in record["history"].items()
            for version in versions
        ],
        "owners": [
            {"id": "1", "email": "o@example.com", "firstName": "Own", "lastName": "Er"}
            | {"updatedAt": "2026-01-01T00:00:00Z", "archived": False, **EXTRACTED}
        ],
    }


def by_dlt(account: FakeAccount) -> dict[str, Rows]:
    """As dlt's verified source lands them: properties by their own names, lists as child tables."""

    def marks(key: str) -> dict[str, str]:
        return {"_dlt_load_id": "1.5", "_dlt_id": key}

    def table(name: str) -> Rows:
        return [
            {"id": record["id"], "is_deleted": False, **record["properties"], **marks(record["id"])}
            for record in account.records[name].values()
        ]

    return {
        "deals": table("deals"),
        "companies": table("companies"),
        "contacts": table("contacts"),
        "calls": table("calls"),
        "tasks": table("tasks"),
        "deals__companies": [
            {"value": other, "_dlt_parent_id": own, "_dlt_list_idx": position, "_dlt_id": other}
            for own, held in account.links.get(("deals", "companies"), {}).items()
            for position, other in enumerate(held)
        ],
        "pipelines_deals__stages": [
            {"id": stage, "label": label, "metadata__probability": probability}
            | {"_dlt_parent_id": "p", "_dlt_list_idx": position, "_dlt_id": stage}
            for position, (stage, label, probability, _) in enumerate(STAGES["deals"])
        ],
        "deals_property_history": [
            {"object_id": record["id"], "property_name": name, "value": version["value"]}
            | {"timestamp": version["timestamp"], "source_type": version["sourceType"]}
            | marks(f"{record['id']}-{name}-{version['timestamp']}")
            for record in account.records["deals"].values()
            for name, versions in record["history"].items()
            for version in versions
        ],
        "owners": [
            {"id": "1", "email": "o@example.com", "first_name": "Own", "last_name": "Er"}
            | {"updated_at": "2026-01-01T00:00:00Z", "archived": False, **marks("o1")}
        ],
        "_dlt_loads": [{"load_id": "1.5", "schema_name": "hubspot", "status": 0}],
    }


def milliseconds(text: str) -> str:
    return str(round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000))


COMPARED = {
    "opportunities": "opportunity_id, opportunity_name, account_id, owner_employee_id, "
    "opportunity_type, sales_stage, amount, probability, currency_code, close_date::varchar, "
    "created_at::varchar, updated_at::varchar, is_deleted",
    "opportunity_history": "opportunity_id, changed_at::varchar, sales_stage, amount, "
    "currency_code, close_date::varchar, owner_employee_id, changed_by",
    "accounts": "account_id, account_name, domain, employee_count, annual_revenue, is_deleted",
    "people": "person_id, account_id, email, full_name, created_at::varchar, is_deleted",
    "employees": "employee_id, full_name, email, is_active",
    "calls": "activity_id, occurred_at::varchar, activity_type, employee_id, opportunity_id, "
    "outcome",
    "tasks": "activity_id, occurred_at::varchar, activity_type, employee_id, outcome",
}


@pytest.mark.parametrize("shape", ["fivetran", "airbyte, flat", "airbyte, JSON"])
def test_landed_tables_give_what_the_api_gives(
    account: FakeAccount, hubspot: HubSpotPulling, tmp_path: Path, shape: str
) -> None:
    fill(account)
    if shape != "fivetran":  # its lists do not say which company is the primary one
        account.unlink("deals", 7, "companies", 5)
    assert hubspot.settle_and_pull().problems == []
    home = LandedHome(tmp_path / "landed", "hubspot")
    is_flat = shape == "airbyte, flat"
    home.land(by_fivetran(account) if shape == "fivetran" else by_airbyte(account, is_flat=is_flat))
    assert home.pull().problems == []
    for dataset, columns in COMPARED.items():
        wanted = sorted(hubspot.rows(dataset, columns), key=str)
        assert wanted, dataset
        if dataset == "tasks":
            wanted = [row for row in wanted if row[4] == "COMPLETED"]
        assert sorted(home.rows(dataset, columns), key=str) == wanted, dataset
    assert set(home.pull().changed.values()) == {0}


def test_dlt_gives_the_same_but_for_associations(
    account: FakeAccount, hubspot: HubSpotPulling, tmp_path: Path
) -> None:
    """What a record is associated with stands in child tables there, which are not read."""
    fill(account)
    assert hubspot.settle_and_pull().problems == []
    home = LandedHome(tmp_path / "landed", "hubspot")
    home.land(by_dlt(account))
    result = home.pull()
    assert result.problems == []
    for dataset, columns in COMPARED.items():
        own = columns if dataset == "accounts" else columns.replace("account_id, ", "")
        own = own.replace("employee_id, opportunity_id", "employee_id")
        wanted = sorted(hubspot.rows(dataset, own), key=str)
        if dataset == "tasks":
            wanted = [row for row in wanted if row[4] == "COMPLETED"]
        assert sorted(home.rows(dataset, own), key=str) == wanted, dataset
    assert home.rows("opportunities", "distinct account_id") == [(None,)]
    assert any("account_id" in note for note in result.notes)


@pytest.fixture
def landed(account: FakeAccount, tmp_path: Path) -> LandedHome:
    fill(account)
    home = LandedHome(tmp_path, "hubspot")
    home.land(by_fivetran(account))
    assert home.pull().problems == []
    return home


def deals(home: LandedHome) -> list[tuple[Any, ...]]:
    return home.rows("opportunities", "opportunity_id, amount, is_deleted")


def test_the_primary_company_and_roles(landed: LandedHome) -> None:
    assert landed.rows("opportunities", "opportunity_id, account_id") == [
        ("7", "5"), ("8", "50"), ("9", None),
    ]  # fmt: skip
    assert landed.rows("opportunity_contact_roles", "opportunity_id, person_id") == [("7", "3")]


def test_deleted_and_vanished_deals_are_marked(account: FakeAccount, landed: LandedHome) -> None:
    rows = by_fivetran(account)["deal"]
    rows[0]["is_deleted"] = True
    landed.land({"deal": rows[:2]})
    landed.pull()
    assert [row[2] for row in deals(landed)] == [True, False, True]


def test_an_amount_that_is_no_number_is_red(account: FakeAccount, landed: LandedHome) -> None:
    rows = by_fivetran(account)["deal"]
    rows[2]["property_amount"] = "n/a"
    landed.land({"deal": rows})
    [problem] = landed.pull().problems
    assert "amount" in problem
    assert "n/a" in problem
    assert deals(landed)[2] == ("9", Decimal("0.10"), False)


def test_a_property_that_goes_is_red_and_names_its_table(
    account: FakeAccount, landed: LandedHome
) -> None:
    rows = by_fivetran(account)["deal"]
    for row in rows:
        del row["property_closedate"]
    landed.land({"deal": rows})
    [problem] = landed.pull().problems
    assert "deal.property_closedate (was VARCHAR)" in problem


def test_a_key_of_json_that_goes_is_red_too(account: FakeAccount, tmp_path: Path) -> None:
    fill(account)
    home = LandedHome(tmp_path, "hubspot")
    home.land(by_airbyte(account, is_flat=False))
    home.pull()
    for record in account.records["deals"].values():
        del record["properties"]["closedate"]
    home.land({"deals": by_airbyte(account, is_flat=False)["deals"]})
    [problem] = home.pull().problems
    assert "deals.properties.closedate (was JSON)" in problem


def test_a_row_without_its_key_is_red(account: FakeAccount, landed: LandedHome) -> None:
    rows = by_fivetran(account)["deal"]
    rows[1]["deal_id"] = None
    landed.land({"deal": rows})
    [problem] = landed.pull().problems
    assert "a row has no key" in problem


def test_stages_alone_give_a_history(account: FakeAccount, tmp_path: Path) -> None:
    fill(account)
    home = LandedHome(tmp_path, "hubspot")
    tables = by_fivetran(account)
    del tables["deal_property_history"]
    tables["deal_stage"] = [
        {"deal_id": 7, "value": stage, "date_entered": at, "_fivetran_active": is_now, **SYNCED}
        for stage, at, is_now in (
            ("open", "2026-01-01 00:00:00", False),
            ("won", "2026-01-03 00:00:00", True),
            ("lost long ago", "2025-01-03 00:00:00", False),
        )
    ]
    home.land(tables)
    assert home.pull().problems == []
    assert home.rows("opportunity_stage_history", "changed_at::varchar, sales_stage") == [
        ("2025-01-03 00:00:00+00", "lost long ago"),
        ("2026-01-01 00:00:00+00", "Engaging"),
        ("2026-01-03 00:00:00+00", "Won"),
    ]


def test_own_columns_take_the_place_of_the_standard_ones(
    account: FakeAccount, tmp_path: Path
) -> None:
    fill(account)
    tables = by_fivetran(account)
    for row in tables["deal"]:
        row["property_arr"] = "5"
    home = LandedHome(
        tmp_path, "hubspot",
        fields={"deals": {"amount": "property_arr", "close_date": None}},
        custom_fields={"deals": ["dealname"]}, leave_out=["tasks"],
    )  # fmt: skip
    home.land(tables)
    assert home.pull().problems == []
    assert home.rows("opportunities", "distinct amount") == [(Decimal("5.00"),)]
    assert home.rows("opportunities", "dealname")[0] == ("Deal 7",)
    assert home.rows("tasks", "*") == []

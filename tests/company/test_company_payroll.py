"""compensation/payroll.yml: what it may say, what is said when it is wrong, and its rows."""

from __future__ import annotations

import pytest
from company_folder import Folder

from orchestration.company import rules_tables
from orchestration.company.pay_rows import ASSIGNMENTS_FILE
from orchestration.company.payroll import PAYROLL_FILE
from orchestration.settings import PROJECT_ROOT

SAMPLE = PROJECT_ROOT / "company" / PAYROLL_FILE


@pytest.fixture
def paying(folder: Folder) -> Folder:
    file = folder.file(PAYROLL_FILE)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = SAMPLE.read_text(encoding="utf-8")
    # One entity's rule of its own, so that a test can name it.
    text = text.replace("bonus, months_after: 2", "bonus, months_after: 3", 1)
    file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("legal_entity: velmora_uk", "legal_entity: velmora_de",
         "legal_entities[1].legal_entity", "stands twice"),
        ("currency_code: GBP", "currency_code: EUR",
         "legal_entities[1].currency_code", "velmora_de pays everybody in EUR already"),
        ("currency_code: GBP", "currency_code: EUR\n    employees: [E1, E1]",
         "legal_entities[1].employees[1]", "velmora_uk pays E1 already"),
        ("{kind: bonus, months_after: 3", "{kind: spiff, months_after: 3",
         "legal_entities[0].pay_runs[3].kind", "spiff stands twice"),
        ("  - {kind: bonus, expense_account", "  - {kind: pension, expense_account",
         "accounts[3].kind", ""),
        ("months_after: 3, day: 31", "months_after: 3, day: 32",
         "legal_entities[0].pay_runs[3].day", ""),
        ("opportunity_type: expansion", "opportunity_type: new",
         "contract_costs.period_of_benefit[1].opportunity_type", "new stands twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_key_and_reason(
    paying: Folder, old: str, new: str, key: str, message: str
) -> None:
    paying.replace(PAYROLL_FILE, old, new)
    found = {(one.file, one.key): one.message for one in paying.problems()}
    assert message in found[PAYROLL_FILE, key], found


def test_a_kind_that_nobody_pays_is_missed(paying: Folder) -> None:
    paying.replace(PAYROLL_FILE, "      - {kind: bonus, months_after: 3, day: 31}\n", "")
    problems = {one.message for one in paying.problems()}
    assert problems == {"nothing is said about bonus"}


def test_a_payee_has_to_be_paid_in_a_currency_that_somebody_pays_in(paying: Folder) -> None:
    paying.file(ASSIGNMENTS_FILE).write_text(
        "employee_id,plan,valid_from,valid_to,target_amount,currency_code\n"
        "E1,seller,2026-01-01,,1000,CHF\n",
        encoding="utf-8",
    )
    assert any(
        one.file == ASSIGNMENTS_FILE and "pays in CHF" in one.message for one in paying.problems()
    )


def test_the_file_as_rows(paying: Folder) -> None:
    paying.replace(
        PAYROLL_FILE, "currency_code: GBP", "currency_code: EUR\n    employees: [E1, E2]"
    )
    tables = {name: table.to_pylist() for name, table in rules_tables(paying.load()).items()}
    assert [
        (row["legal_entity"], row["currency_code"], row["pays_its_currency"])
        for row in tables["legal_entity"]
    ] == [("velmora_de", "EUR", True), ("velmora_uk", "EUR", False), ("velmora_us", "USD", True)]
    assert tables["legal_entity_employee"] == [
        {"legal_entity": "velmora_uk", "employee_id": one} for one in ("E1", "E2")
    ]
    assert len(tables["pay_run_rule"]) == 12
    assert {row["kind"]: row["liability_account"] for row in tables["pay_account"]} == {
        "commission": "3725", "spiff": "3725", "override": "3725", "bonus": "3728",
    }  # fmt: skip
    assert [tuple(row.values()) for row in tables["contract_cost_rule"]] == [
        ("commission", "new", 36), ("commission", "expansion", 24),
    ]  # fmt: skip


def test_without_contract_costs_nothing_is_capitalised(paying: Folder) -> None:
    text = paying.file(PAYROLL_FILE).read_text(encoding="utf-8")
    paying.file(PAYROLL_FILE).write_text(text.partition("contract_costs:")[0], encoding="utf-8")
    tables = rules_tables(paying.load())
    assert tables["contract_cost_rule"].num_rows == 0
    assert tables["payroll_setting"].to_pylist()[0]["asset_account"] is None

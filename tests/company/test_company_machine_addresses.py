"""machine_addresses.csv: what it may say, what is said when it is wrong, and its rows."""

from __future__ import annotations

from datetime import date

import pytest
from company_folder import Folder

from orchestration.company import rules_tables
from orchestration.company.csv_file import columns_of
from orchestration.company.machine_addresses import MACHINE_ADDRESSES_FILE, MachineAddress

SCANNER = {
    "kind": "network",
    "address": "203.0.113.0/24",
    "valid_from": "2025-03-01",
    "reason": "Published by the scanner of our customers' mail",
}


def write(folder: Folder, *changes: dict[str, str]) -> None:
    """One address for each set of changes."""
    columns = columns_of(MachineAddress)
    rows = [{**SCANNER, **change} for change in changes]
    lines = [",".join(columns)]
    lines += [",".join(row.get(column, "") for column in columns) for row in rows]
    folder.file(MACHINE_ADDRESSES_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_company_may_know_of_none(folder: Folder) -> None:
    assert rules_tables(folder.load())["machine_address"].num_rows == 0


def test_a_network_is_a_row_with_its_ends(folder: Folder) -> None:
    write(folder, {}, {"address": "10.0.0.0/9"}, {"address": "192.0.2.7"})
    rows = rules_tables(folder.load())["machine_address"].to_pylist()
    assert [(row["first_address"], row["last_address"]) for row in rows] == [
        ("203.000.113.000", "203.000.113.255"),
        ("010.000.000.000", "010.127.255.255"),
        ("192.000.002.007", "192.000.002.007"),
    ]
    assert rows[0]["valid_from"] == date(2025, 3, 1)
    assert rows[0]["valid_to"] is None


def test_other_kinds_have_no_ends(folder: Folder) -> None:
    write(
        folder,
        {"kind": "user_agent", "address": "*LinkScan*"},
        {"kind": "email", "address": "scan@example.com"},
        {"kind": "email_domain", "address": "scan.example.com"},
    )
    rows = rules_tables(folder.load())["machine_address"].to_pylist()
    assert {(row["first_address"], row["last_address"]) for row in rows} == {(None, None)}


def test_an_address_may_be_listed_again_later(folder: Folder) -> None:
    write(folder, {"valid_to": "2025-04-01"}, {"valid_from": "2025-06-01"})
    assert rules_tables(folder.load())["machine_address"].num_rows == 2


@pytest.mark.parametrize(
    ("change", "key", "message", "fix"),
    [
        ({"kind": "ip"}, "kind", "not allowed", ""),
        ({"address": "203.0.113"}, "address", "is no network", "write the address"),
        ({"address": "203.0.113.7/24"}, "address", "is no network", "with its first address"),
        ({"address": "2001:db8::/32"}, "address", "is no network", "write the address"),
        ({"kind": "user_agent", "address": "*"}, "address", "fits every user agent", "in common"),
        ({"kind": "email", "address": "example.com"}, "address", "is no email", "email_domain"),
        ({"kind": "email", "address": "@example.com"}, "address", "is no email", "email_domain"),
        (
            {"kind": "email_domain", "address": "scan@example.com"},
            "address",
            "is no email_domain",
            "after the @",
        ),
        ({"kind": "email_domain", "address": "com"}, "address", "is no email_domain", "after"),
        ({"valid_to": "2025-03-01"}, "valid_to", "ends before it starts", "correct valid_from"),
        ({"reason": ""}, "reason", "", ""),
    ],
)
def test_what_is_wrong_is_said(
    folder: Folder, change: dict[str, str], key: str, message: str, fix: str
) -> None:
    write(folder, change)
    value = change.get(key, "")
    folder.expect(MACHINE_ADDRESSES_FILE, value or "network", key, message, fix)


def test_an_address_that_is_listed_twice(folder: Folder) -> None:
    write(
        folder,
        {"kind": "email", "address": "scan@example.com"},
        {"kind": "email", "address": "Scan@Example.com", "valid_from": "2025-04-01"},
    )
    problem = folder.problem()
    assert (problem.line, problem.key) == (3, "valid_from")
    assert "overlaps with line 2" in problem.message

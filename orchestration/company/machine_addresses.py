"""machine_addresses.csv: addresses of machines that click and browse, and since when.

The file may be missing: then machines are told by user agent and speed alone (funnel.yml).

Belongs here: the row model and its checks, and a network as its first and last address. Does not:
comparing them with touches (SQL).
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Literal

from orchestration.company.csv_file import row_problem
from orchestration.company.problems import Problem
from orchestration.company.validity import validity_problems
from orchestration.company.value_types import CsvRow, Day, Text

MACHINE_ADDRESSES_FILE = "machine_addresses.csv"

# What is allowed and how to mend it, by kind.
_FORMS = {
    "network": (
        "an IPv4 address such as 203.0.113.7, or a network such as 203.0.113.0/24",
        "write the address, or the network with its first address and its length",
    ),
    "email": ("a whole address such as scan@example.com", "write the address, or use email_domain"),
    "email_domain": ("a domain such as scan.example.com", "write what stands after the @"),
    "user_agent": (
        "a pattern that names something, such as *linkscan*",
        "write what the user agents of the machine have in common",
    ),
}


class MachineAddress(CsvRow):
    """One address behind which a machine sits, from a day on until the day before another.

    `kind` says what `address` is: a `network` from which it calls (IPv4, one address or a range),
    a pattern of its `user_agent` (* is any text), or the `email` or `email_domain` at which it
    reads letters. Capitals do not matter.
    """

    kind: Literal["network", "user_agent", "email", "email_domain"]
    address: Text
    valid_from: Day
    valid_to: Day | None
    reason: Text


def check_machine_addresses(rows: list[MachineAddress]) -> list[Problem]:
    """Find addresses that are none, periods that end early, and addresses listed twice."""
    problems = [
        row_problem(
            MACHINE_ADDRESSES_FILE,
            row,
            "address",
            "fits every user agent" if row.kind == "user_agent" else f"is no {row.kind}",
            allowed=allowed,
            fix=fix,
        )
        for row in rows
        if not _is_well_formed(row)
        for allowed, fix in [_FORMS[row.kind]]
    ]
    return problems + validity_problems(
        MACHINE_ADDRESSES_FILE, rows, lambda row: f"{row.kind} {row.address.lower()}", "address"
    )


def bounds(row: MachineAddress) -> tuple[str | None, str | None]:
    """Return the first and last address of a network, each part in three digits.

    So written, addresses sort as text as they do as numbers. Both are None for other kinds.
    """
    if row.kind != "network":
        return None, None
    network = IPv4Network(row.address)
    return tuple(  # type: ignore[return-value]
        ".".join(f"{part:03d}" for part in end.packed)
        for end in (network.network_address, network.broadcast_address)
    )


def _is_well_formed(row: MachineAddress) -> bool:
    if row.kind == "network":
        try:
            IPv4Network(row.address)
        except (AddressValueError, NetmaskValueError, ValueError):
            return False
        return True
    if row.kind == "user_agent":
        return bool(row.address.strip("*"))
    name, at, domain = row.address.rpartition("@")
    is_domain = "." in domain.strip(".") and not any(one in domain for one in " @,")
    return is_domain and (bool(name) and "@" not in name if row.kind == "email" else not at)

"""A month as Concord pays it beside the same month in a spreadsheet, by payee and component.

Belongs here: reading both and comparing them. Does not: printing (cli/plan_compare.py), or what a
month pays (dbt).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

import duckdb

COLUMNS = ("employee_id", "component", "amount")
# What the month posts or will post, but for payments: by component, else by what is posted.
POSTED = """
    with postings as (
        select payee_key, component_key, override_key, entry_type, amount, posting_period
        from compensation.comp_ledger
        union all
        select payee_key, component_key, override_key, entry_type, amount, posting_period
        from compensation.comp_pending_posting
    )
    select employee_id,
        coalesce(
            component, case when override_key is not null then 'override' else entry_type end
        ),
        sum(amount)
    from postings
    inner join compensation.comp_payee using (payee_key)
    left join compensation.comp_plan_component using (component_key)
    where posting_period = $1 and entry_type <> 'payment'
    group by all
"""
Key = tuple[str, str]
State = Literal["equal", "differs", "only_here", "only_in_file"]


class ParallelRunError(Exception):
    """The file cannot be compared; one line for each reason."""


@dataclass(frozen=True)
class Compared:
    """What a payee gets for a component: here, and in the file; None where it is not there."""

    employee_id: str
    component: str
    here: Decimal | None
    in_file: Decimal | None

    @property
    def difference(self) -> Decimal:
        """What is paid here less what the file says."""
        return (self.here or Decimal(0)) - (self.in_file or Decimal(0))

    @property
    def state(self) -> State:
        """Equal to the cent, other, or in one of the two only."""
        if self.difference == 0:
            return "equal"
        if self.here is None:
            return "only_in_file"
        return "only_here" if self.in_file is None else "differs"


def read_amounts(path: Path) -> dict[Key, Decimal]:
    """Read what a spreadsheet paid; several rows of a payee and component are added up.

    Args:
        path: CSV with the columns employee_id, component and amount, in the currency of pay.

    Raises:
        ParallelRunError: With everything that is wrong with the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ParallelRunError(f"{path}: save it as CSV in UTF-8.") from None
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ParallelRunError(f"{path}: the first line has to be {','.join(COLUMNS)}.")
    amounts: dict[Key, Decimal] = defaultdict(Decimal)
    problems = []
    for row in reader:
        employee, component = ((row[name] or "").strip() for name in COLUMNS[:2])
        amount = _amount(row["amount"])
        if not employee or not component or amount is None:
            problems.append(
                f"{path}:{reader.line_num}: needs an employee_id, a component and an amount such "
                "as 1234.50, without signs of thousands."
            )
            continue
        amounts[employee, component] += amount
    if problems:
        raise ParallelRunError("\n".join(problems))
    return dict(amounts)


def read_posted(finance: Path, period: date) -> dict[Key, Decimal]:
    """Read what a month pays by the published version: what is posted, and its drafts.

    Args:
        finance: The file finance.duckdb of a version.
        period: First day of the month.
    """
    with duckdb.connect(str(finance), read_only=True) as connection:
        rows = connection.execute(POSTED, [period]).fetchall()
    return {(employee, component): amount for employee, component, amount in rows}


def compare_amounts(
    here: Mapping[Key, Decimal], in_file: Mapping[Key, Decimal]
) -> Iterable[Compared]:
    """Return every payee and component of either side, in order; nothing beside 0 is equal."""
    return [Compared(*key, here.get(key), in_file.get(key)) for key in sorted({*here, *in_file})]


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None

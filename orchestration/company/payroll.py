"""compensation/payroll.yml: who pays when, and where pay stands in the books.

A company without the file sends nothing to payroll and has no accruals; pay is computed all the
same.

Belongs here: the models of payroll.yml and the checks that need nothing else. Does not: pay runs
and amounts (SQL), which plan pays what (plans).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Annotated, Literal, get_args

from pydantic import Field

from orchestration.company.plans import OpportunityType
from orchestration.company.problems import Location, Problem
from orchestration.company.value_types import (
    Amount,
    CurrencyCode,
    Decision,
    Integer,
    PositiveInteger,
    SnakeCase,
    Text,
)
from orchestration.company.yaml_file import YamlFile

PAYROLL_FILE = "compensation/payroll.yml"

# Kinds of components of a plan, and what is decided by hand.
PayKind = Literal["commission", "bonus", "spiff", "override"]
PAY_KINDS: tuple[PayKind, ...] = get_args(PayKind)


class PayRun(Decision):
    """Which pay run pays what a locked month posted."""

    kind: PayKind = Field(description="What is paid: a kind of component, or override.")
    months_after: Annotated[Integer, Field(ge=0, le=12)] = Field(
        description="Months from the month that posted it to the month that pays it."
    )
    day: Annotated[Integer, Field(ge=1, le=31)] = Field(
        description="Day of the month; the last business day on or before it is the pay day, and "
        "31 is the month's last."
    )


class LegalEntity(Decision):
    """A company that pays people."""

    legal_entity: SnakeCase = Field(description="Id in snake_case.")
    label: Text = Field(description="Its name.")
    currency_code: CurrencyCode = Field(
        description="Whoever is paid in this currency is paid by it, but for those named elsewhere."
    )
    employees: list[Text] = Field(
        default_factory=list,
        description="Ids of employees whom it pays although another one pays in their currency. "
        "An entity that shares its currency with an earlier one pays these only.",
    )
    pay_runs: Annotated[list[PayRun], Field(min_length=1)] = Field(
        description="When it pays: each kind once."
    )


class PayAccount(Decision):
    """Accounts of the general ledger for one kind of pay."""

    kind: PayKind = Field(description="Kind of component, or override.")
    expense_account: Text = Field(description="Debited with what is earned.")
    liability_account: Text = Field(description="Credited with it until it is paid.")


class BenefitPeriod(Decision):
    """How long a company has something from a deal won."""

    opportunity_type: OpportunityType = Field(description="Type of the deal.")
    months: Annotated[PositiveInteger, Field(le=600)] = Field(
        description="Months over which its cost is amortised."
    )


class ContractCosts(Decision):
    """Which commissions are costs to obtain a contract (ASC 340-40, IFRS 15)."""

    asset_account: Text = Field(description="The capitalised cost.")
    amortisation_account: Text = Field(description="Debited with a month's amortisation.")
    impairment_account: Text = Field(description="Debited with what is written off.")
    kinds: Annotated[list[Literal["commission", "spiff"]], Field(min_length=1)] = Field(
        description="Kinds of components that are paid only because a contract was won."
    )
    expedient_months: Annotated[Integer, Field(ge=0)] = Field(
        description="Costs of deals whose period of benefit is no longer are expensed at once."
    )
    period_of_benefit: Annotated[list[BenefitPeriod], Field(min_length=1)] = Field(
        description="Types of deals whose cost is capitalised; that of others is expensed."
    )


class PayrollFile(Decision):
    """payroll.yml as a whole."""

    legal_entities: Annotated[list[LegalEntity], Field(min_length=1)] = Field(
        description="Companies that pay."
    )
    accounts: Annotated[list[PayAccount], Field(min_length=1)] = Field(
        description="Accounts of each kind of pay."
    )
    clearing_account: Text = Field(description="Credited with what payroll pays.")
    expected_payout: Annotated[Amount, Field(ge=0)] = Field(
        description="Share of the target pay at which the KPI bonuses of a period that has not "
        "ended are accrued; 1 is all of it."
    )
    contract_costs: ContractCosts | None = Field(
        None, description="Left out, all commissions are expensed when they are earned."
    )


def check_payroll(payroll: PayrollFile, file: YamlFile) -> list[Problem]:
    """Find entities, people and kinds that stand twice, and kinds that nobody pays or books."""
    entities = payroll.legal_entities
    names = [one.legal_entity for one in entities]
    problems = _twice(file, ("legal_entities",), "legal_entity", names)
    problems += _shared_currencies(entities, file)
    problems += _employees_twice(entities, file)
    for position, entity in enumerate(entities):
        section = ("legal_entities", position, "pay_runs")
        problems += _each_kind_once(file, section, [run.kind for run in entity.pay_runs])
    problems += _each_kind_once(file, ("accounts",), [one.kind for one in payroll.accounts])
    if payroll.contract_costs is not None:
        types = [one.opportunity_type for one in payroll.contract_costs.period_of_benefit]
        benefits: Location = ("contract_costs", "period_of_benefit")
        problems += _twice(file, benefits, "opportunity_type", types)
    return problems


def _shared_currencies(entities: Sequence[LegalEntity], file: YamlFile) -> list[Problem]:
    """Two entities that pay in one currency: the later one has to name whom it pays."""
    first: dict[str, str] = {}
    problems = []
    for position, entity in enumerate(entities):
        owner = first.setdefault(entity.currency_code, entity.legal_entity)
        if owner != entity.legal_entity and not entity.employees:
            problems.append(
                file.problem(
                    ("legal_entities", position, "currency_code"),
                    f"{owner} pays everybody in {entity.currency_code} already",
                    allowed="a currency of its own, or employees",
                    fix="name whom this entity pays in `employees`",
                )
            )
    return problems


def _employees_twice(entities: Sequence[LegalEntity], file: YamlFile) -> list[Problem]:
    payers: dict[str, str] = {}
    problems = []
    for position, entity in enumerate(entities):
        for number, employee in enumerate(entity.employees):
            if employee in payers:
                problems.append(
                    file.problem(
                        ("legal_entities", position, "employees", number),
                        f"{payers[employee]} pays {employee} already",
                        allowed="everybody once",
                        fix="remove one of the two",
                    )
                )
            payers.setdefault(employee, entity.legal_entity)
    return problems


def _each_kind_once(file: YamlFile, section: Location, kinds: Sequence[str]) -> list[Problem]:
    problems = _twice(file, section, "kind", kinds)
    missing = [kind for kind in PAY_KINDS if kind not in kinds]
    if missing:
        problems.append(
            file.problem(
                section,
                f"nothing is said about {', '.join(missing)}",
                allowed=f"each of {', '.join(PAY_KINDS)} once",
                fix=f"add kind: {missing[0]}",
            )
        )
    return problems


def _twice(
    file: YamlFile, section: Location, column: str, keys: Sequence[Hashable]
) -> list[Problem]:
    return [
        file.problem(
            (*section, position, column),
            f"{key} stands twice",
            allowed="each once",
            fix="rename or remove one of the two",
        )
        for position, key in enumerate(keys)
        if key in keys[:position]
    ]

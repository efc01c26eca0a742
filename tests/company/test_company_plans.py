"""compensation/: plans, assignments and quotas, what is said when they are wrong, their rows."""

from __future__ import annotations

from decimal import Decimal

import jsonschema
import pytest
import yaml
from company_folder import Folder
from test_company_json_schemas import DatesAsText

from orchestration.cli.plan_view import plan_lines
from orchestration.company import json_schemas, rules_tables
from orchestration.company.pay_rows import ASSIGNMENTS_FILE, QUOTAS_FILE
from orchestration.company.plan_checks import read_plans
from orchestration.company.plans import PLANS_FOLDER
from orchestration.settings import PROJECT_ROOT

FILE = f"{PLANS_FOLDER}/seller.yml"
PLAN = """\
plan: seller
label: Seller
version: 1
valid_from: 2025-01-01
valid_to: 2026-01-01
approved_by: E1
approved_date: 2024-12-01
components:
  - component: commission
    label: Commission
    measure: bookings
    credited_to: own
    method: marginal
    scope: period
    frequency: quarterly
    measured_in: attainment
    quota_measure: bookings
    fx_date: credit_date
    bands:
      - {at_least: 0, below: 1, rate: 0.06}
      - {at_least: 1, rate: 0.08}
    cap: {per: period, amount: 10000}
  - component: leads
    label: Leads
    kpi: leads
    method: interpolated
    frequency: annual
    weight: 0.6
    points: [{at: 0.7, payout: 0}, {at: 1, payout: 1}, {at: 1.5, payout: 2}]
  - component: wins
    label: Wins
    kpi: win_rate
    method: step
    frequency: annual
    weight: 0.4
    goal: 0.25
    bands:
      - {at_least: 0, below: 0.8, payout: 0}
      - {at_least: 0.8, payout: 1}
"""
ASSIGNMENTS = """\
employee_id,plan,valid_from,valid_to,target_amount,currency_code
E2,seller,2025-01-01,2025-07-01,30000,EUR
E2,seller,2025-07-01,,33000.50,USD
"""
QUOTAS = """\
employee_id,measure,valid_from,valid_to,quota_amount,currency_code,reason
E2,bookings,2025-01-01,2025-07-01,100000,EUR,year
E2,bookings,2025-07-01,2026-01-01,0,,leave
"""


@pytest.fixture
def paying(folder: Folder) -> Folder:
    """A company folder that pays somebody."""
    folder.file(PLANS_FOLDER).mkdir(parents=True)
    folder.file(FILE).write_text(PLAN, encoding="utf-8")
    folder.file(ASSIGNMENTS_FILE).write_text(ASSIGNMENTS, encoding="utf-8")
    folder.file(QUOTAS_FILE).write_text(QUOTAS, encoding="utf-8")
    return folder


def test_a_company_may_pay_nobody(folder: Folder) -> None:
    company = folder.load()
    assert (company.plans, company.assignments, company.quotas) == ((), (), ())


def test_plans_and_who_is_on_them_are_rows(paying: Folder) -> None:
    tables = {name: table.to_pylist() for name, table in rules_tables(paying.load()).items()}
    [version] = tables["plan_version"]
    assert (version["plan"], version["version"], version["approved_by"]) == ("seller", 1, "E1")
    assert [
        (row["component"], row["credit_type"], row["credited_to"], row["cap_amount"])
        for row in tables["plan_component"]
    ] == [
        ("commission", "revenue", "own", 10000),
        ("leads", None, "own", None),
        ("wins", None, "own", None),
    ]
    assert [
        tuple(row[name] for name in ("component", "band_number", "at_least", "below", "rate",
                                     "start_value", "end_value"))
        for row in tables["plan_band"]
    ] == [
        ("commission", 1, None, 1, Decimal("0.06"), None, None),
        ("commission", 2, 1, None, Decimal("0.08"), None, None),
        ("leads", 1, None, Decimal("0.7"), None, 0, 0),
        ("leads", 2, Decimal("0.7"), 1, None, 0, 1),
        ("leads", 3, 1, Decimal("1.5"), None, 1, 2),
        ("leads", 4, Decimal("1.5"), None, None, 2, 2),
        ("wins", 1, None, Decimal("0.8"), None, 0, 0),
        ("wins", 2, Decimal("0.8"), None, None, 1, 1),
    ]  # fmt: skip
    assert [row["target_amount"] for row in tables["plan_assignment"]] == [
        30000,
        Decimal("33000.5"),
    ]
    assert [row["quota_amount"] for row in tables["quota"]] == [100000, 0]


BANDS = "- {at_least: 0, below: 1, rate: 0.06}"


@pytest.mark.parametrize(
    ("old", "new", "message", "allowed"),
    [
        ("at_least: 1, rate", "at_least: 1.1, rate", "at 1.1 and leaves a gap", "at_least: 1"),
        ("at_least: 1, rate", "at_least: 0.9, rate", "at 0.9 and overlaps", "at_least: 1"),
        ("at_least: 0, below: 1,", "at_least: 0.1, below: 1,", "leaves a gap", "at_least: 0"),
        ("{at_least: 1, rate", "{at_least: 1, below: 2, rate", "ends at 2", "without `below`"),
        ("below: 1, rate", "below: 0, rate", "ends at 0 and begins at 0", "more than 0"),
        ("below: 1, rate: 0.06", "rate: 0.06", "after a band without an end", "to end"),
        ("below: 1, rate: 0.06", "below: 1, amount: 6", "does not say its rate", "rate"),
        ("at: 1, payout", "at: 0.7, payout", "point 2 of leads lies at 0.7", "more than 0.7"),
        ("at: 1, payout: 1", "at: 1, amount: 1", "does not say its payout", "payout"),
        ("    fx_date: credit_date\n", "", "no policy for exchange rates", "fx_date"),
        ("    quota_measure: bookings\n", "", "attainment of no quota", "quota_measure"),
        ("scope: period", "scope: transaction", "attainment for single events", "scope"),
        ("method: marginal", "method: flat", "is flat and has 2 bands", "one band"),
        ("method: step", "method: marginal", "by means that only credits have", "step"),
        ("    weight: 0.4\n", "", "has no weight", "share of the target"),
        ("    kpi: win_rate\n", "    kpi: win_rate\n    measure: bookings\n",
         "a measure or a kpi", "one of them"),
        ("credited_to: own", "credit_type: meeting_held", "by credits of meeting_held", "revenue"),
        ("measure: bookings\n    cred",
         "measure: accepted_leads\n    opportunity_types: [new]\n    cred",
         "accepted_leads of some deals or products", "bookings, margin"),
        ("measure: bookings\n    cred",
         "measure: meetings_held\n    products: [P-1]\n    cred",
         "meetings_held of some deals or products", "product_groups"),
        ("credited_to: own", "instead_of: [leads]", "says of nothing what", "beside products"),
        ("    fx_date: credit_date\n    bands",
         "    fx_date: credit_date\n    booking_types: [renewd]\n    bands", "not allowed",
         "renewal"),
        ("measure: bookings\n    cred",
         "measure: cash_received\n    clawback: {method: full}\n    cred",
         "waits for cash or refunds of deals", "margin or quantity"),
        ("    weight: 0.4\n", "    weight: 0.4\n    pool: {team: North}\n",
         "shares a pool by means that only other components have", "a kpi, method, bands"),
        ("    weight: 0.4\n    goal: 0.25\n",
         "    pool: {weights: [{employee_id: E1, weight: 2}, {employee_id: E1, weight: 1}]}\n",
         "weighs E1 twice", "once"),
        ("    weight: 0.4\n    goal: 0.25\n", "    pool: {}\n", "does not say its amount",
         "amount"),
        ("    weight: 0.4\n    goal: 0.25\n", "    pool: {}\n    of: individual\n",
         "shares a pool by means that only other components have", "nothing else"),
        ("    weight: 0.4\n    goal: 0.25\n", "    weight: 0.4\n    of: individual\n",
         "looks at the payee's own win_rate and has no goal", "a goal above 0"),
        ("credited_to: own", "of: individual", "of the individual and names no kpi",
         "beside a kpi only"),
        ("    goal: 0.25\n", "    goal: 0.25\n    of: team\n", "not allowed", "individual"),
        ("kpi: win_rate\n", "kpi: win_rate\n    products: [P-1]\n",
         "by means that only credits have", "no products"),
        ("kpi: win_rate\n", "kpi: win_rate\n    opportunity_types: [new]\n",
         "by means that only credits have", "no opportunity_types"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_component_is_said(
    paying: Folder, old: str, new: str, message: str, allowed: str
) -> None:
    paying.replace(FILE, old, new)
    problem = paying.problem()
    assert problem.file == FILE
    assert problem.line
    assert problem.key.startswith("components[")
    assert message in problem.message, str(problem)
    assert allowed in (problem.allowed or ""), str(problem)


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "fix"),
    [
        ("approved_by: E1\n", "", "approved_by", "missing", "add 'approved_by'"),
        ("weight: 0.4", "weight: 0.3", "components", "weights sum to 0.9", "correct a weight"),
        ("component: wins", "component: leads", "components[2].component", "twice", "rename"),
        ("credited_to: own", "products: [P-1]\n    instead_of: [leads]",
         "components[0].instead_of[0]", "no other component that counts the same", "the same"),
        ("kpi: leads", "kpi: leeds", "components[1].kpi", "no such KPI", "'leads'"),
        ("    goal: 0.25\n", "    goal: 0.25\n    of: individual\n", "components[2].of",
         "win_rate cannot be told by person", "write of: company, or name a KPI that can"),
        ("measure: bookings\n    cred", "measure: boking\n    cred", "components[0].measure",
         "not allowed", "bookings"),
        ("valid_to: 2026-01-01", "valid_to: 2025-01-01", "valid_to", "ends before it starts",
         "first day after"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plan_is_said(
    paying: Folder, old: str, new: str, key: str, message: str, fix: str
) -> None:
    paying.replace(FILE, old, new)
    [problem] = [one for one in paying.problems() if one.file == FILE]
    assert problem.key == key, str(problem)
    assert message in problem.message, str(problem)
    assert fix in problem.fix, str(problem)


def test_the_kpis_that_can_be_told_by_person_are_listed(paying: Folder) -> None:
    """Whose a lead is its definition says; of the win rate it does not."""
    paying.replace(FILE, "    goal: 0.25\n", "    goal: 0.25\n    of: individual\n")
    [problem] = paying.problems()
    assert problem.allowed == "company; individual of leads"
    paying.replace(FILE, "    of: individual\n", "")
    paying.replace(FILE, "    weight: 0.6\n", "    weight: 0.6\n    goal: 9\n    of: individual\n")
    [plan] = paying.load().plans
    assert [item.kpi_of for item in plan.components] == [None, "individual", "company"]
    rows = rules_tables(paying.load())["plan_component"].to_pylist()
    assert [row["kpi_of"] for row in rows] == [None, "individual", "company"]
    assert (
        "Pays 60 % of the target pay for the KPI leads of the payee alone against a goal of 9, "
        "each fiscal year."
    ) in "\n".join(plan_lines(plan))


def test_versions_follow_one_another(paying: Folder) -> None:
    later = PLAN.replace("2025-01-01", "2025-12-31", 1).replace("valid_to: 2026-01-01\n", "")
    paying.file(f"{PLANS_FOLDER}/seller_2.yml").write_text(later, encoding="utf-8")
    found = {problem.key: problem.message for problem in paying.problems()}
    assert set(found) == {"version", "valid_from"}
    assert "seller.yml" in found["version"]
    assert "overlaps with" in found["valid_from"]


def test_everything_is_said_at_once(paying: Folder) -> None:
    paying.replace(FILE, "kpi: leads", "kpi: leeds")
    paying.replace(ASSIGNMENTS_FILE, "E2,seller,2025-07-01", "E2,seler,2025-06-30")
    paying.replace(QUOTAS_FILE, "100000", "-1")
    assert {(problem.file, problem.key) for problem in paying.problems()} == {
        (FILE, "components[1].kpi"),
        (ASSIGNMENTS_FILE, "valid_from"),
        (ASSIGNMENTS_FILE, "plan"),
        (QUOTAS_FILE, "quota_amount"),
    }


def test_who_is_paid_by_attainment_has_a_quota_for_every_day(paying: Folder) -> None:
    paying.replace(QUOTAS_FILE, "2025-07-01,2026-01-01", "2025-08-01,2026-01-01")
    problem = paying.problem()
    assert (problem.file, problem.line) == (ASSIGNMENTS_FILE, 3)
    assert "no quota of bookings for 2025-07-01" in problem.message


def test_who_is_paid_in_another_currency_has_a_rate(paying: Folder) -> None:
    paying.replace(ASSIGNMENTS_FILE, "33000.50,USD", "33000.50,GBP")
    problem = paying.problem()
    assert (problem.line, problem.key) == (3, "currency_code")
    assert "no rate of GBP for 2025-07-01" in problem.message


def test_an_editor_knows_plans() -> None:
    content = yaml.load(PLAN, Loader=DatesAsText)  # noqa: S506 (a safe loader)
    jsonschema.validate(content, json_schemas()["plan"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**content, "unknown": 1}, json_schemas()["plan"])


def test_a_plan_is_told_in_plain_language(paying: Folder) -> None:
    more = "    opportunity_types: [renewal]\n    product_groups: [Services]\n"
    paying.replace(FILE, "credited_to: own\n", f"credited_to: organisation\n{more}")
    [plan] = paying.load().plans
    told = "\n".join(plan_lines(plan))
    for words in (
        "Holds from 2025-01-01 to the day before 2026-01-01",
        "Approved by E1 on 2024-12-01.",
        "from 100 % on: 8 %",
        "At most 10,000 a fiscal quarter",
        "as a share of the quota of bookings",
        "Pays 60 % of the target pay for the KPI leads against the company's target",
        "at 70 %: 0 % of it",
        "against a goal of 0.25",
        "everybody's below, at any depth, credits",
        "Of deals of these types only: renewal.",
        "Of lines of these product groups only: Services.",
    ):
        assert words in told


def test_every_plan_of_the_sample_company_is_told() -> None:
    plans, problems = read_plans(PROJECT_ROOT / "company")
    assert problems == []
    assert len({one.plan.plan for one in plans}) == 8
    for one in plans:
        assert all(line.strip() for line in plan_lines(one.plan))

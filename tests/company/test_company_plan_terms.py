"""Terms of plans beside tariffs: what is said when they are wrong, their rows, and in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from company_folder import Folder

from orchestration.cli.plan_view import plan_lines
from orchestration.company import rules_tables
from orchestration.company.plans import PLANS_FOLDER

FILE = f"{PLANS_FOLDER}/seller.yml"
PLAN = """\
plan: seller
label: Seller
version: 1
valid_from: 2025-01-01
approved_by: E1
approved_date: 2024-12-01
draw:
  kind: recoverable
  amounts:
    - {from_month: 1, amount: 2000}
    - {from_month: 4, amount: 1000}
    - {from_month: 7, amount: 0}
  recovered_share: 0.5
  forgiven_after_months: 12
components:
  - component: commission
    label: Commission
    measure: bookings
    method: flat
    frequency: monthly
    quota_measure: bookings
    fx_date: credit_date
    bands: [{at_least: 0, rate: 0.06}]
    cap: {per: period, amount: 10000, excess: carry}
    clawback: {method: months_unserved, term_months: 12, within_months: 18}
  - component: contest
    label: Contest
    kind: spiff
    measure: quantity
    method: step
    scope: transaction
    frequency: monthly
    holdback: {share: 0.5, until: cash}
    counted_from: 2025-03-01
    counted_to: 2025-04-01
    bands: [{at_least: 0, below: 10, amount: 0}, {at_least: 10, amount: 250}]
    gates:
      - {component: commission, at_least: 0.8}
      - {kpi: win_rate, goal: 0.25, at_least: 1}
    multiplier:
      kpi: leads
      bands: [{at_least: 0, below: 1, multiply: 1}, {at_least: 1, multiply: 1.5}]
"""


@pytest.fixture
def paying(folder: Folder) -> Folder:
    """A company folder with a plan that has every term."""
    folder.file(PLANS_FOLDER).mkdir(parents=True)
    folder.file(FILE).write_text(PLAN, encoding="utf-8")
    return folder


def test_terms_are_rows(paying: Folder) -> None:
    tables = {name: table.to_pylist() for name, table in rules_tables(paying.load()).items()}
    commission, contest = tables["plan_component"]
    assert (commission["cap_excess"], contest["held_share"], contest["held_until"]) == (
        "carry", Decimal("0.5"), "cash",
    )  # fmt: skip
    assert (commission["clawback_method"], commission["clawback_term_months"]) == (
        "months_unserved", 12,
    )  # fmt: skip
    assert (contest["clawback_method"], str(contest["counted_to"])) == (
        "proportional", "2025-04-01",
    )  # fmt: skip
    assert [
        (row["kind"], row["of_component"] or row["of_kpi"], row["at_least"], row["factor"])
        for row in tables["plan_condition"]
    ] == [
        ("gate", "commission", None, 0),
        ("gate", "commission", Decimal("0.8"), 1),
        ("gate", "win_rate", None, 0),
        ("gate", "win_rate", 1, 1),
        ("multiplier", "leads", None, 1),
        ("multiplier", "leads", 1, Decimal("1.5")),
    ]
    assert [(row["from_month"], row["to_month"], row["amount"]) for row in tables["plan_draw"]] == [
        (1, 4, 2000),
        (4, 7, 1000),
        (7, None, 0),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message", "fix"),
    [
        ("{component: commission, at", "{component: comission, at", "no such component",
         "commission"),
        ("    quota_measure: bookings\n", "", "no such component with a quota", "name a kpi"),
        ("{kpi: win_rate, goal: 0.25", "{kpi: winrate, goal: 0.25", "no such KPI", "win_rate"),
        ("{kpi: win_rate, goal: 0.25, at", "{at", "what it looks at", "add one"),
        ("{component: commission, at", "{component: commission, goal: 2, at", "goal but no kpi",
         "remove goal"),
        ("{kpi: win_rate, goal: 0.25", "{kpi: win_rate, of: individual",
         "payee's own win_rate and has no goal", "add goal"),
        ("{kpi: win_rate, goal", "{kpi: win_rate, of: individual, goal",
         "win_rate cannot be told by person", "write of: company"),
        ("{component: commission, at", "{component: commission, of: individual, at",
         "names no kpi", "name a kpi"),
        ("at_least: 1, multiply", "at_least: 1.1, multiply", "band 2 of the multiplier", "meet"),
        ("at_least: 1, multiply", "at_least: 1, below: 2, multiply", "band 2 of the multiplier",
         "the last one only"),
        ("per: period, amount", "per: year, amount", "cap per year is carried", "change per"),
        ("term_months: 12, ", "", "has no term", "add or remove term_months"),
        ("until: cash", "until: months", "no number of months", "add or remove months"),
        ("share: 0.5, until", "share: 0, until", "holds nothing", "correct share"),
        ("within_months: 18}", "within_months: 18}\n    holdback: {share: 1, until: cash}",
         "carries what is above its cap", "one of the two"),
        ("counted_to: 2025-04-01", "counted_to: 2025-03-01", "counts no day", "correct counted"),
        ("    measure: quantity\n", "    measure: meetings_held\n",
         "waits for cash or refunds", "remove them"),
        ("kind: recoverable", "kind: guarantee", "says how it is given back", "remove them"),
        ("from_month: 4", "from_month: 1", "amount 2 of the draw", "in order"),
        ("forgiven_after_months: 12", "forgiven_after_months: 5", "is still paid",
         "{from_month: 6, amount: 0}"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_term_is_said(
    paying: Folder, old: str, new: str, message: str, fix: str
) -> None:
    paying.replace(FILE, old, new)
    [problem] = [one for one in paying.problems() if one.file == FILE][:1]
    assert problem.line
    assert message in problem.message, str(problem)
    assert fix in problem.fix, str(problem)


def test_terms_are_told_in_plain_language(paying: Folder) -> None:
    [plan] = paying.load().plans
    told = "\n".join(plan_lines(plan))
    for words in (
        "Draw: Pay is filled up to 2,000; what is filled up is owed, and 50 % of later pay above "
        "the draw gives it back; from the plan's month 1 to 3.",
        "Draw: none from the plan's month 7 on.",
        "What is owed after 12 months is forgiven.",
        "At most 10,000 a month; what is above it is paid later, as far as the cap allows.",
        "Refunds within 18 months take back the months of the term of 12 that were not served, "
        "with the first.",
        "50 % of it is held, and paid as the deal's cash comes in, in proportion.",
        "Counts credits of days from 2025-03-01 to the day before 2025-04-01 only.",
        "Pays nothing unless the attainment of commission is at 80 % or more.",
        "Multiplied by the KPI leads against the company's target:",
        "from 100 % on: x 1.5",
    ):
        assert words in told


def test_a_condition_on_what_the_payee_alone_has_reached(paying: Folder) -> None:
    paying.replace(FILE, "      kpi: leads\n", "      {kpi: leads, of: individual, goal: 9,\n")
    paying.replace(FILE, "multiply: 1.5}]\n", "multiply: 1.5}]}\n")
    rows = rules_tables(paying.load())["plan_condition"].to_pylist()
    assert [(row["of_kpi"], row["kpi_of"]) for row in rows[::2]] == [
        (None, None),
        ("win_rate", "company"),
        ("leads", "individual"),
    ]
    told = "\n".join(plan_lines(paying.load().plans[0]))
    assert "Multiplied by the KPI leads of the payee alone against a goal of 9:" in told

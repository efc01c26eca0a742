"""Pay as it would be, beside what it is: the same models on a copy, and nothing is changed."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from orchestration.company import CompanyInvalid
from orchestration.scenario.scratch import ScenarioError
from orchestration.scenario.what_if import AssumedDeal, Assumptions, Comparison, compare
from orchestration.settings import Settings, load_settings
from tests.compensation.pay_oracle import rounded
from tests.conftest import ROOT
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.finance import ask_finance
from tests.home_files import file_digests

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

CENT = Decimal("0.01")
EVER = date(2000, 1, 1)
# From this day on the second version of the sellers' plan holds.
CHANGE = date(2026, 8, 1)
PLANS = ROOT / "company" / "compensation" / "plans"


@pytest.fixture
def settings(sample: RunHome) -> Iterator[Settings]:
    """The sample's home; whatever is asked, it is as it was."""
    before = file_digests(sample.home)
    yield load_settings({"CONCORD_HOME": str(sample.home)})
    assert file_digests(sample.home) == before


def others(found: Comparison) -> dict[tuple[str, str], Decimal]:
    return {
        (row["employee_id"], row["component"]): row["difference"]
        for row in found.rows
        if row["difference"]
    }


def test_the_same_plans_pay_the_same(sample: RunHome, settings: Settings) -> None:
    found = compare(settings, Assumptions(plans=PLANS), EVER)
    assert others(found) == {}
    [(earned,)] = ask_finance(sample, "select sum(amount) from comp_earning_line")
    assert sum(row["alternative"] for row in found.rows) == earned


def test_another_rate_pays_each_line_by_it(
    sample: RunHome, settings: Settings, tmp_path: Path
) -> None:
    """Deals since August, and what is refunded of them, at 8 % in place of 6 %."""
    shutil.copytree(PLANS, tmp_path / "plans")
    plan = tmp_path / "plans" / "seller_2.yml"
    plan.write_text(plan.read_text().replace("rate: 0.06", "rate: 0.08"))
    found = compare(settings, Assumptions(plans=tmp_path / "plans"))
    expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for who, base, amount in ask_finance(
        sample,
        """
        select employee_id, base_in_tier, amount from comp_earning_line
        inner join comp_plan_component using (component_key)
        inner join comp_payee using (payee_key)
        where plan = 'seller' and plan_version = 2 and component = 'revenue'
        """,
    ):
        other = (base * Decimal("0.08")).quantize(CENT, ROUND_HALF_UP)
        expected[who, "revenue"] += other - amount
    assert others(found) == {key: value for key, value in expected.items() if value}
    assert len(expected) > 5


def test_half_of_the_quotas_pays_more_accelerators(
    sample: RunHome, settings: Settings, tmp_path: Path
) -> None:
    """They are reached sooner: nobody earns less, and only what is paid by attainment moves."""
    rows = ask_finance(
        sample,
        """
        select employee_id, measure, valid_from, valid_to, (amount / 2)::decimal(18, 2),
            comp_quota.currency_code
        from comp_quota inner join comp_payee using (payee_key) where measure = 'bookings'
        """,
    )
    file = tmp_path / "quotas.csv"
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        names = "employee_id,measure,valid_from,valid_to,quota_amount,currency_code,reason"
        writer.writerow(names.split(","))
        writer.writerows((*row, "half") for row in rows)
    found = others(compare(settings, Assumptions(quotas=file)))
    assert {component for _, component in found} == {"accelerator"}
    assert min(found.values()) > 0


OWN_RATE = """\
  - component: own_rate
    label: Own win rate
    kind: bonus
    kpi: win_rate
    of: individual
    goal: 0.25
    weight: 1
    method: interpolated
    frequency: quarterly
    points: [{at: 0, payout: 0}, {at: 2, payout: 2}]
"""


def test_a_bonus_on_what_each_seller_has_won(
    sample: RunHome, settings: Settings, tmp_path: Path
) -> None:
    """Won over decided deals of the owner in each quarter of the version, from the deals."""
    shutil.copytree(PLANS, tmp_path / "plans")
    with (tmp_path / "plans" / "seller_1.yml").open("a") as plan:
        plan.write(OWN_RATE)
    found = others(compare(settings, Assumptions(plans=tmp_path / "plans")))
    deals = sample.query(
        """
        select owner.source_id, close_date, is_won from core.fct_opportunity as deal
        inner join core.dim_employee as owner on deal.owner_employee_key = owner.employee_key
        where deal.is_reportable and (is_won or is_lost)
        """
    )
    expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for who, first, last, target in ask_finance(
        sample,
        """
        select employee_id, valid_from, coalesce(valid_to, '9999-12-31'), target_amount
        from comp_assignment inner join comp_payee using (payee_key) where plan = 'seller'
        """,
    ):
        for start, end in ((date(2026, 2, 1), date(2026, 5, 1)), (date(2026, 5, 1), CHANGE)):
            days = (min(last, end) - max(first, start)).days
            own = [is_won for owner, day, is_won in deals if owner == who and start <= day < end]
            if days > 0 and own:
                rate = rounded(Fraction(sum(own), len(own)), 6)
                achieved = min(rounded(rate * 4, 6), Fraction(2))
                cents = rounded(Fraction(target) * achieved * days / 365, 2)
                expected[who, "own_rate"] += Decimal(cents.numerator) / cents.denominator
    assert found == {key: value for key, value in expected.items() if value}
    assert len(found) > 5


def test_wrong_plans_are_refused_whole(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(PLANS, tmp_path / "plans")
    plan = tmp_path / "plans" / "seller_2.yml"
    plan.write_text(plan.read_text().replace("below: 1,", "below: 0.9,"))
    (tmp_path / "plans" / "sdr_1.yml").unlink()
    with pytest.raises(CompanyInvalid) as caught:
        compare(settings, Assumptions(plans=tmp_path / "plans"))
    assert any("seller_2.yml" in str(one) for one in caught.value.problems)


def test_an_open_deal_is_estimated(sample: RunHome, settings: Settings) -> None:
    """6 % of the seller's part, and nothing for anybody who has no part in it."""
    [(deal, who, amount)] = sample.query(
        """
        select deal.source_id, owner.source_id, amount_local
        from core.fct_opportunity as deal
        inner join core.dim_employee as owner
            on deal.owner_employee_key = owner.employee_key
        where is_open and is_reportable and deal.currency_code = 'EUR' and amount_local > 0
            and owner.team like '%Sales%' or deal.source_id = 'O-0249' and is_open
        order by deal.source_id limit 1
        """
    )
    assert amount > 0
    found = compare(settings, Assumptions(deals=[AssumedDeal(deal, Decimal("1000.00"))]), None, who)
    changed = others(found)
    assert changed[who, "revenue"] == sum(
        line["amount"] for line in found.lines if "Commission on own deals" in line["explanation"]
    )
    assert Decimal("0.01") <= changed[who, "revenue"] <= Decimal("60.00")
    assert all(difference > 0 for difference in changed.values())


@pytest.mark.parametrize(
    ("deal", "why"), [("O-0001", "lost already"), ("nothing", "There is no deal nothing")]
)
def test_what_is_no_open_deal_is_refused(settings: Settings, deal: str, why: str) -> None:
    with pytest.raises(ScenarioError, match=why):
        compare(settings, Assumptions(deals=[AssumedDeal(deal)]))


def test_the_commands_say_it(sample: RunHome, tmp_path: Path) -> None:
    told = sample.again("plan", "estimate", "--payee", "E033", "--opportunity", "O-0250")
    assert told.code == 0, told.text
    assert "would pay" in told.out and "Commission on own deals" in told.out
    deals = tmp_path / "deals.csv"
    deals.write_text("opportunity_id,amount\nO-0250,-5\n,\n")
    wrong = sample.again("plan", "what-if", "--deals", str(deals))
    assert wrong.code == 2
    assert "deals.csv:2" in wrong.err and "deals.csv:3" in wrong.err
    assert "Traceback" not in wrong.text

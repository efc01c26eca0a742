"""The example plan of the real marketing funnel pays per won lead and per signed seller."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.end_to_end.conftest import RunHome
from tests.end_to_end.finance import ask_finance
from tests.end_to_end.funnel_files import rows_of, won_day
from tests.unlike import unlike

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.xdist_group("marketing_funnel")]

PER_LEAD, PER_SELLER, PER_SELLER_ABOVE, FIRST_SELLERS = 40, 90, 120, 10


def due() -> dict[tuple[str, str, date], int]:
    """What each part pays each person for each month, counted from the file."""
    leads: Counter[tuple[str, date]] = Counter()
    sellers: Counter[tuple[str, date]] = Counter()
    for row in rows_of("closed_deals"):
        month = won_day(row).replace(day=1)
        leads[row["sdr_id"], month] += 1
        sellers[row["sr_id"], month] += 1
    return {
        **{("won_leads", *key): PER_LEAD * count for key, count in leads.items()},
        **{
            ("signed_sellers", *key): PER_SELLER * min(count, FIRST_SELLERS)
            + PER_SELLER_ABOVE * max(0, count - FIRST_SELLERS)
            for key, count in sellers.items()
        },
    }


def test_thirty_two_find_and_twenty_two_sign(marketing_funnel: RunHome) -> None:
    found = {
        row[:3]: row[3]
        for row in ask_finance(
            marketing_funnel,
            """
            select component, employee_id, period, sum(amount)
            from comp_earning_line
            inner join comp_plan_component using (component_key)
            inner join comp_payee using (payee_key)
            group by all
            """,
        )
    }
    assert unlike(found, due()) == {}
    people = {part: {who for of, who, _ in found if of == part} for part, *_ in found}
    assert {part: len(who) for part, who in people.items()} == {
        "won_leads": 32,
        "signed_sellers": 22,
    }
    assert len(people["won_leads"] & people["signed_sellers"]) == 13
    # As its README says.
    paid = Counter[str]()
    for (part, *_), amount in found.items():
        paid[part] += amount
    assert paid == {"won_leads": 33_680, "signed_sellers": 82_080}


def test_every_deal_is_credited_once_to_who_signed_and_to_who_found(
    marketing_funnel: RunHome,
) -> None:
    assert ask_finance(
        marketing_funnel,
        "select credit_type, count(*), count(distinct event_key), sum(credited_quantity)::int "
        "from comp_credit group by all order by all",
    ) == [("revenue", 842, 842, 842), ("sourced", 842, 842, 842)]

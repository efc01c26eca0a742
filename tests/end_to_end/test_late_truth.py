"""What the sample company recorded late is posted in the month whose cut-off knows it.

The truth is written beside the data by the generator, and never read by the pipeline: from the
stamps of late things it says which month posts which cents.
"""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import RunHome
from tests.end_to_end.test_pay_truth import ADDED, ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

POSTED = f"""
    select employee_id, ledger.origin_period, ledger.posting_period, ledger.currency_code,
        coalesce(component, 'override') as component, entry_type, ledger.reason, ledger.amount,
        coalesce(root.source_id, comp_override.source_id, '') as source_id
    from comp_ledger as ledger
    inner join comp_payee using (payee_key)
    left join comp_plan_component using (component_key)
    left join comp_event as root on ledger.root_event_key = root.event_key
    left join comp_override on ledger.override_key = comp_override.override_key
    where entry_type <> 'payment' and coalesce(component, '') not in {ADDED}
"""
PLANTED = """
    select employee_id, origin_month as origin_period, posted_month as posting_period,
        currency_code, component, kind, amount,
        coalesce(opportunity_id, override_id, '') as source_id
    from truth('posting') where posted_month < date '2026-10-01'
"""
KEY = "employee_id, component, source_id, origin_period, posting_period, currency_code"


def test_each_month_posts_what_its_cut_off_knew(sample: RunHome) -> None:
    """Every cent of every month: by payee, component, deal or override, origin and posting."""
    told, planted = (
        f"select {KEY}, sum(amount) from ({rows}) group by all having sum(amount) <> 0"
        for rows in (POSTED, PLANTED)
    )
    assert ask(sample, f"({told} except {planted}) union all ({planted} except {told})") == []
    late = ask(sample, f"select count(*) from ({planted}) where posting_period > origin_period")
    assert late == [(19,)]


def test_what_is_late_says_why(sample: RunHome) -> None:
    """What a month had posted otherwise has changed; what nobody had posted is late."""
    why = f"""
        select {KEY}, case when kind = 'clawback' then 'clawback' else 'adjustment' end,
            case
                when kind = 'override' then 'override'
                when kind in ('commission', 'bonus') and exists (
                    from ({PLANTED}) as before
                    where before.posting_period = before.origin_period
                        and before.employee_id = planted.employee_id
                        and before.component = planted.component
                        and before.source_id = planted.source_id
                        and before.kind = planted.kind
                        and before.origin_period = planted.origin_period
                ) then 'changed'
                else 'late'
            end
        from ({PLANTED}) as planted where posting_period > origin_period
    """
    told = f"select {KEY}, entry_type, reason from ({POSTED}) where posting_period > origin_period"
    assert ask(sample, f"({told} except {why}) union all ({why} except {told})") == []
    assert ask(sample, f"select entry_type, reason, count(*) from ({told}) group by all "
                       "order by all") == [
        ("adjustment", "changed", 6),
        ("adjustment", "late", 6),
        ("adjustment", "override", 1),
        ("clawback", "late", 6),
    ]  # fmt: skip


def test_every_kind_of_late_thing_is_planted_and_posted_after_its_stamp(sample: RunHome) -> None:
    assert ask(sample, "select entity, count(*) from truth('late') group by 1 order by 1") == [
        ("compensation_overrides", 1),
        ("employee_absences", 1),
        ("opportunity_splits", 5),
        ("refunds", 2),
    ]
    # The first cut-off on or after the stamp, and no earlier or later one.
    months = f"""
        select distinct source_id, posting_period from (
            select 'CN-' || substr(source_id, 3) as source_id, posting_period, reason
            from ({POSTED}) where entry_type = 'clawback'
            union all
            select 'SP-' || substr(source_id, 3), posting_period, reason
            from ({POSTED}) where entry_type = 'adjustment'
            union all
            select source_id, posting_period, 'late' from ({POSTED}) where reason = 'override'
        ) where reason in ('late', 'changed')
    """
    wrong = f"""
        select * from truth('late') as late
        inner join ({months}) as posted on starts_with(record_id, source_id) and source_id <> 'SP-'
        where not (
            last_day(posting_period) + 31 >= recorded_date
            and last_day((posting_period - interval 1 month)::date) + 31 < recorded_date
        )
    """
    assert ask(sample, wrong) == []
    assert ask(sample, wrong.replace("where not (", "where (").replace("*", "count(*)", 1)) == [
        (8,)
    ]


def test_a_statement_says_what_was_late(sample: RunHome) -> None:
    told = sample.again("statement", "E013", "2024-11").text
    assert "-639.58" in told
    assert "2024-07" in told

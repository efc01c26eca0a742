"""What the generator planted is what the marts say: touches, people, letters, money.

The truth is written beside the data by the generator, and never read by the pipeline.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

TOUCHES = """
    with seen as (
        select
            fct_touch.*, truth.human, truth.channel, truth.is_bot, truth.has_consent,
            truth.machine_sign, truth.is_tag_broken, dim_channel.channel_name,
            dim_person.is_known, dim_person.is_unknown, dim_person.is_reportable
        from fct_touch
        full join truth('touch') as truth on fct_touch.source_id = truth.touch_id
        left join dim_channel using (channel_key)
        left join dim_person using (person_key)
    )
"""


def ask(sample: RunHome, sql: str) -> list[tuple[Any, ...]]:
    """Ask the marts and the truth together: `truth('touch')` is the planted table."""
    folder = sample.home / "sample_company" / "truth"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.current / 'marts.duckdb'}' as marts (read_only)")
        connection.execute("use marts.core")
        for table in (path.name for path in folder.iterdir()):
            connection.execute(
                f"create view memory.main.truth_{table} as "
                f"select * from read_parquet('{folder / table}/*.parquet')"
            )
            sql = sql.replace(f"truth('{table}')", f"memory.main.truth_{table}")
        return connection.execute(sql).fetchall()


def test_every_touch_is_there_once(sample: RunHome) -> None:
    sql = f"{TOUCHES} select count(*), count(touch_key), count(human) from seen"
    [(rows, touches, planted)] = ask(sample, sql)
    assert rows == touches == planted > 18_000


def test_touches_have_the_planted_channel(sample: RunHome) -> None:
    wrong = ask(
        sample,
        f"{TOUCHES} select channel, channel_name, count(*) from seen where not is_tag_broken "
        "and channel is distinct from channel_name group by all",
    )
    assert wrong == []


def test_broken_tags_are_not_taken_for_search_ads(sample: RunHome) -> None:
    found = ask(
        sample, f"{TOUCHES} select channel_name, count(*) from seen where is_tag_broken group by 1"
    )
    assert found
    assert "paid_search" not in {name for name, _ in found}


def test_no_two_people_become_one(sample: RunHome) -> None:
    """But for the unknown person, who stands for everybody without a cookie."""
    mixed = ask(
        sample,
        f"{TOUCHES} select person_key from seen where not is_unknown group by person_key "
        "having count(distinct human) > 1",
    )
    assert mixed == []


def test_a_known_person_is_one(sample: RunHome) -> None:
    split = ask(
        sample,
        f"{TOUCHES} select human from seen where is_known group by human "
        "having count(distinct person_key) > 1",
    )
    assert split == []


def test_only_bots_no_consent_and_excluded_people_earn_no_credit(sample: RunHome) -> None:
    wrong = ask(
        sample,
        f"{TOUCHES} select is_bot, has_consent, is_reportable, is_attributable from seen "
        "where is_attributable <> (not is_bot and has_consent and is_reportable)",
    )
    assert wrong == []


def test_each_machine_is_known_by_its_planted_sign(sample: RunHome) -> None:
    """And nobody else: before a network was listed, who called from it is no machine."""
    wrong = ask(
        sample,
        f"{TOUCHES} select machine_sign, bot_reason, count(*) from seen "
        "where machine_sign is distinct from bot_reason group by all",
    )
    assert wrong == []
    kinds = ask(sample, f"{TOUCHES} select bot_reason, count(*) from seen group by 1")
    assert dict(kinds).items() >= {
        ("click_after_sending", 6), ("burst_of_clicks", 30), ("listed_address", 6)
    }  # fmt: skip
    earlier = "'{folder}/delivered/touches/*.parquet'".format(folder=sample.home / "sample_company")
    assert ask(
        sample,
        f"{TOUCHES} select count(*), count(bot_reason) from seen "
        f"inner join {earlier} as told on told.touch_id = seen.source_id "
        "where told.ip_address like '203.0.113.%' and touched_date < date '2025-02-01'",
    ) == [(6, 0)]


def test_letters_by_month_and_programme(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """
        with found as (
            select
                cast(date_trunc('month', sent_date) as date) as month, programme, count(*) as sent,
                count(*) filter (delivered) as delivered, count(*) filter (clicked) as clicked,
                count(*) filter (unsubscribed) as unsubscribed
            from fct_message_send group by all
        ),
        planted as (
            select
                month, programme, count(*) as sent, count(*) filter (is_delivered) as delivered,
                count(*) filter (is_clicked) as clicked,
                count(*) filter (is_unsubscribed) as unsubscribed
            from truth('send') group by all
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


@pytest.mark.parametrize(
    ("table", "planted", "day"),
    [("fct_invoice_line", "invoice", "invoice_date"), ("fct_payment", "payment", "paid_date")],
)
def test_money_by_month_and_currency(sample: RunHome, table: str, planted: str, day: str) -> None:
    wrong = ask(
        sample,
        f"""
        with found as (
            select
                cast(date_trunc('month', {day}) as date) as month, currency_code,
                sum(amount_local) as amount
            from {table} group by all
        ),
        planted as (
            select month, currency_code, sum(amount) as amount from truth('{planted}') group by all
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []
    assert ask(sample, f"select count(*) from {table}")[0][0] > 90


def test_recurring_revenue_at_each_month_end(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """
        with months as (
            select distinct subscription_month, last_day(subscription_month) as month_end
            from fct_subscription_month
        ),
        found as (
            select subscription_month, currency_code, sum(recurring_amount_local) as amount
            from fct_subscription_month group by all
        ),
        planted as (
            select subscription_month, currency_code, sum(recurring_amount) as amount
            from months, truth('subscription') as truth
            where truth.valid_from <= month_end and truth.valid_to > month_end
            group by all
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []
    assert (
        ask(sample, "select count(distinct subscription_month) from fct_subscription_month")[0][0]
        > 30
    )


@pytest.mark.parametrize(
    ("table", "planted", "day", "amount"),
    [
        ("fct_booking", "booking", "booking_date", "amount_local"),
        ("fct_refund", "refund", "refund_date", "amount_local"),
    ],
)
def test_bookings_and_refunds_by_month_and_currency(
    sample: RunHome, table: str, planted: str, day: str, amount: str
) -> None:
    wrong = ask(
        sample,
        f"""
        with found as (
            select
                cast(date_trunc('month', {day}) as date) as month, currency_code,
                sum({amount}) as amount
            from {table} group by all
        ),
        planted as (
            select month, currency_code, sum(amount) as amount from truth('{planted}') group by all
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []
    assert ask(sample, f"select count(*) from {table}")[0][0] > 10


def test_won_deals_by_month(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """
        with found as (
            select cast(date_trunc('month', booking_date) as date) as month,
                count(distinct opportunity_key) as deals
            from fct_booking group by all
        ),
        planted as (select month, sum(deals) as deals from truth('booking') group by all)
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_recurring_revenue_of_each_customer_ends_where_its_movements_do(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """
        with found as (
            select
                coalesce(parents.source_id, accounts.source_id) as account_id,
                states.subscription_month as month, states.currency_code,
                sum(states.recurring_amount_local) as amount
            from fct_subscription_month as states
            inner join dim_account as accounts on states.account_key = accounts.account_key
            left join dim_account as parents on accounts.parent_account_key = parents.account_key
            group by all
        ),
        planted as (
            select account_id, month, currency_code, end_amount as amount
            from truth('arr_movement') where end_amount <> 0
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_a_renewal_is_no_growth_in_the_reporting_currency(sample: RunHome) -> None:
    """What a customer's contract is worth in euros moves only when its own amount does."""
    wrong = ask(
        sample,
        """
        with states as (
            select
                recurring_amount_local, recurring_amount,
                lag(recurring_amount_local) over contract as amount_local_before,
                lag(recurring_amount) over contract as amount_before
            from fct_subscription_month
            window contract as (partition by subscription_key order by subscription_month)
        )
        select * from states
        where recurring_amount_local = amount_local_before and recurring_amount <> amount_before
        """,
    )
    assert wrong == []


def test_exclusive_credits_sum_to_the_booking(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """
        with found as (
            select fct_opportunity.source_id as opportunity_id, fct_booking.currency_code,
                sum(fct_booking.amount_local) as amount
            from fct_booking inner join fct_opportunity using (opportunity_key)
            group by all
        ),
        planted as (
            select opportunity_id, currency_code, sum(amount) as amount
            from truth('credit') where is_exclusive group by all
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_buying_groups_are_what_was_planted(sample: RunHome) -> None:
    """Whoever has a role stands on the bridge with the newest one, and with an equal share."""
    wrong = ask(
        sample,
        """
        with found as (
            select
                fct_opportunity.source_id as opportunity_id,
                dim_identity_link.source_id as person_id,
                bridge_opportunity_person.role,
                round(1.0 / bridge_opportunity_person.weight) as sharers
            from bridge_opportunity_person
            inner join fct_opportunity using (opportunity_key)
            inner join dim_identity_link
                on bridge_opportunity_person.person_key = dim_identity_link.person_key
                and dim_identity_link.source_entity = 'person'
                and dim_identity_link.method <> 'crm_merge'
            where link_method = 'contact_role'
        ),
        planted as (
            select
                opportunity_id, person_id, role,
                count(*) over (partition by opportunity_id) as sharers
            from truth('contact_role')
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []
    [(roles, opportunities)] = ask(
        sample,
        "select count(*), count(distinct opportunity_key) from bridge_opportunity_person "
        "where link_method = 'contact_role'",
    )
    assert roles > 600
    assert opportunities > 250
    # Where nobody entered a role, the primary contact stands alone.
    assert ask(
        sample,
        "select distinct role, weight from bridge_opportunity_person "
        "where link_method <> 'contact_role'",
    ) == [("primary", 1)]


def test_every_hand_off_and_try_is_an_activity(sample: RunHome) -> None:
    """The first human touch of a hand-off is the earliest activity of a human with the person."""
    [(planted, found)] = ask(
        sample,
        """
        with persons as (
            select planted.source_id as lead_id, link.person_key
            from dim_identity_link as link
            inner join truth('identity') as planted using (source_entity, source_id)
            where planted.source_entity = 'lead'
        ),
        touched as (
            select
                truth.lead_id, timezone('UTC', truth.first_human_touch_at) as planted_at,
                (
                    select min(act.occurred_at)
                    from fct_activity as act
                    where act.person_key = persons.person_key and act.is_human
                    and act.occurred_at >= timezone('UTC', truth.assigned_at)
                ) as found_at
            from truth('handoff') as truth
            inner join persons using (lead_id)
        )
        select count(planted_at), count(*) filter (planted_at = found_at) from touched
        """,
    )
    assert planted == found > 500

"""Broken rules of what finance takes away: pay runs, payments, accruals, costs of contracts.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: what is
earned and posted (mutants_pay.py).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

_RULES = [
    (
        "an entity pays whom it names",
        "int_comp_paying_entities",
        "coalesce(named.legal_entity, entities.legal_entity)",
        "entities.legal_entity",
    ),
    (
        "nobody is paid on a weekend",
        "int_comp_pay_runs",
        "case when is_business_day then date_day end",
        "date_day",
    ),
    (
        "the first pay run of the ledger's first month is in the ledger",
        "int_comp_payments",
        "placed.pay_run_date >= first_runs.pay_run_date",
        "placed.pay_run_date > first_runs.pay_run_date",
    ),
    (
        "a payment to come is not posted",
        "int_comp_payments",
        "where returns.pay_run_date <=",
        "where returns.pay_run_date is not null or returns.pay_run_date <=",
    ),
    (
        "a payment is posted once",
        "int_comp_pending_payments",
        "coalesce(posted.paid_amount, 0) - coalesce(payments.paid_amount, 0) as amount",
        "0 - coalesce(payments.paid_amount, 0) as amount",
    ),
    (
        "a payment that payroll takes away is given back",
        "int_comp_pending_payments",
        "full join posted",
        "left join posted",
    ),
    (
        "what is posted late is no expense of a locked month",
        "int_comp_pay_lines",
        "unioned.origin_period < unioned.posting_period",
        "false",
    ),
    (
        "drafts are not sent to payroll",
        "comp_payroll_input",
        "where is_posted and entry_type <> 'payment'",
        "where entry_type <> 'payment'",
    ),
    (
        "what was paid is not sent once more",
        "comp_payroll_input",
        "where is_posted and entry_type <> 'payment'",
        "where is_posted",
    ),
    (
        "what payroll paid without having been asked is shown",
        "comp_payroll_confirmation",
        "full join returned",
        "left join returned",
    ),
    (
        "two payments for one have a name",
        "comp_payroll_confirmation",
        "when return_count > 1 then 'paid_more_than_once'",
        "when false then 'paid_more_than_once'",
    ),
    (
        "the last month of a year has the bonus, not what was expected of it",
        "int_comp_expected_bonuses",
        "and periods.period_end > months.period_end",
        "and periods.period_end >= months.period_end",
    ),
    (
        "what was expected goes away when more is known",
        "int_comp_accrual_movements",
        "-1 * expected.expected_amount as amount",
        "0 as amount",
    ),
    (
        "what is held back is no smaller expense",
        "int_comp_accrual_movements",
        "('payment', 'hold', 'release', 'draw_advance', 'draw_recovery')",
        "('payment')",
    ),
    (
        "what is paid is owed no more",
        "comp_accrual",
        "sum(accrued_amount - paid_amount) over so_far",
        "sum(accrued_amount) over so_far",
    ),
    (
        "what is taken back is no cost of a contract",
        "int_comp_contract_costs",
        "not is_reversal",
        "true",
    ),
    (
        "cash that was paid back is no smaller cost of a contract",
        "int_comp_contract_costs",
        "events.amount > 0",
        "true",
    ),
    (
        "a period of benefit as long as the expedient is expensed",
        "int_comp_contract_costs",
        "rules.benefit_months > settings.expedient_months",
        "rules.benefit_months >= settings.expedient_months",
    ),
    (
        "the last month takes what is left",
        "comp_contract_cost_schedule",
        "when month_number >= benefit_months then 0",
        "when false then 0",
    ),
    (
        "a customer's leaving writes the cost off",
        "comp_contract_cost_schedule",
        "end_period <= period",
        "end_period < period",
    ),
    (
        "a refund before the cost is borne counts too",
        "comp_contract_cost_schedule",
        "greatest(refunds.period, asset_months.start_period)",
        "refunds.period",
    ),
    (
        "a refund writes off, and does not amortise",
        "comp_contract_cost_schedule",
        "coalesce(lag(kept_share) over asset, 1) as kept_share_before",
        "kept_share as kept_share_before",
    ),
    (
        "every debit has a credit",
        "comp_accrual_journal",
        "-1 * amount as amount",
        "amount",
    ),
    (
        "only a named difference of payroll is explained",
        "comp_tie_out",
        "case when status <> 'confirmed' then -1 * difference_amount else 0 end",
        "0",
    ),
    (
        "what nobody pays is unexplained",
        "comp_tie_out",
        "and entities.entity_count > 0",
        "and lines.legal_entity is not null",
    ),
]  # fmt: skip
PAYROLL = [Mutant(*rule, UNIT) for rule in _RULES]

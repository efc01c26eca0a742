"""Broken rules of what was known at a cut-off: rows, states of deals, plan versions, what is late.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

AS_OF = '(select as_of.as_of_date from "warehouse"."staging"."stg_company__as_of" as as_of)'
ZONE = '(select settings.time_zone from "warehouse"."staging"."stg_company__settings" as settings)'

# Models whose rows are known from the day of their `created_at` on.
STAMPED = (
    "int_known_employee_absences",
    "int_known_opportunity_splits",
    "int_known_overrides",
    "int_known_plan_assignments",
    "int_known_quotas",
    "int_known_refunds",
)

ROWS = [
    Mutant(rule, model, fragment, replacement, UNIT)
    for model in STAMPED
    for rule, fragment, replacement in (
        ("what has no stamp is known", "created_at is null\n        or ", ""),
        ("what was recorded on the cut-off is known", f"<= {AS_OF}", f"< {AS_OF}"),
        ("what was recorded after the cut-off is not known", f"<= {AS_OF}", "is not null"),
        ("the cut-off ends in the company's zone", ZONE, "'UTC'"),
    )
]

STATES = [
    Mutant(rule, "int_known_opportunities", fragment, replacement, UNIT)
    for rule, fragment, replacement in (
        ("a state of the day itself is known", f"valid_from_date <= {AS_OF}",
         f"valid_from_date < {AS_OF}"),
        ("a later state is not known", f"valid_from_date <= {AS_OF}", "true"),
        ("a state ends before the day on which it was followed", f"valid_to_date > {AS_OF}",
         f"valid_to_date >= {AS_OF}"),
        ("a state that nothing followed is known", "valid_to_date is null or ", ""),
        ("a load that created a deal tells no time",
         "opportunities.is_creation_load or opportunities.is_close_load",
         "opportunities.is_close_load"),
        ("a load that closed a deal tells no time",
         "opportunities.is_creation_load or opportunities.is_close_load",
         "opportunities.is_creation_load"),
        ("without a close date of its own a state has the deal's",
         "coalesce(states.close_date, opportunities.close_date)", "states.close_date"),
        ("the close date is that of the state",
         "coalesce(states.close_date, opportunities.close_date)", "opportunities.close_date"),
        ("a stage that nobody knows is open", "coalesce(sales_stages.is_open, true)",
         "coalesce(sales_stages.is_open, false)"),
        ("a stage that nobody knows is not won", "coalesce(sales_stages.is_won, false)",
         "coalesce(sales_stages.is_won, true)"),
        ("a stage that nobody knows is not lost", "coalesce(sales_stages.is_lost, false)",
         "coalesce(sales_stages.is_lost, true)"),
        ("another currency is another amount", "known_currency_code = currency_code\n", "true\n"),
        ("another amount is another amount", "and known_amount_local = amount_local", ""),
        ("another close date is another rate", "and known_close_date = close_date", ""),
        ("a load is known from its close date on", "is_load\n        or (", "("),
        ("what no history tells is not known", "has_state\n            and ", ""),
        ("a deal recorded later is not known", "and (created_date_rule <> 'source' or "
         f"created_date <= {AS_OF})", ""),
        ("a deal recorded on the day is known", f"created_date <= {AS_OF}",
         f"created_date < {AS_OF}"),
        ("a creation day that is a guess hides nothing", "created_date_rule <> 'source' or ", ""),
        ("the owner is the one of then", "else compared.known_owner_employee_key",
         "else compared.owner_employee_key"),
        ("a load's owner is the one of now", "is_load then compared.owner_employee_key",
         "is_load then compared.known_owner_employee_key"),
        ("the currency is the one of then", "else compared.known_currency_code\n        end as",
         "else compared.currency_code\n        end as"),
        ("a load's currency is the one of now", "is_load then compared.currency_code",
         "is_load then compared.known_currency_code"),
        ("what did not change keeps its amount", "compared.is_load or compared.is_same",
         "compared.is_load"),
        ("a load's amount is the one of now", "compared.is_load or compared.is_same",
         "compared.is_same"),
        ("the amount is the one of then", "else compared.known_amount_local",
         "else compared.amount_local"),
        ("a load's amount in its currency is the one of now",
         "is_load then compared.amount_local", "is_load then compared.known_amount_local"),
        ("a deal is open as it was then", "compared.is_open else compared.known_is_open end",
         "compared.is_open else compared.is_open end"),
        ("a deal is won as it was then", "compared.is_won else compared.known_is_won end",
         "compared.is_won else compared.is_won end"),
        ("a deal is lost as it was then", "compared.is_lost else compared.known_is_lost end",
         "compared.is_lost else compared.is_lost end"),
        ("a load is won as it is now", "is_load then compared.is_won",
         "is_load then compared.known_is_won"),
        ("a deal closes on the day of then", "else compared.known_close_date",
         "else compared.close_date"),
        ("the rate is that of the currency of then",
         "compared.known_currency_code = rates.currency_code",
         "compared.currency_code = rates.currency_code"),
        ("the rate is that of the close date of then",
         "compared.known_close_date = rates.rate_date", "compared.close_date = rates.rate_date"),
    )
]  # fmt: skip

VERSIONS = [
    Mutant(rule, "int_known_plan_versions", fragment, replacement, UNIT)
    for rule, fragment, replacement in (
        ("a version approved on the day is known", f"where approved_date <= {AS_OF}",
         f"where approved_date < {AS_OF}"),
        ("a version approved later is not known", f"where approved_date <= {AS_OF}", "where true"),
        ("versions without an end have none", "max(coalesce(valid_to, date '9999-12-31'))",
         "max(valid_to)"),
        ("a version goes on as far as all that are not approved", "max(coalesce(valid_to",
         "min(coalesce(valid_to"),
        ("a version ends before the next that is approved", "min(next_approved.valid_from)",
         "max(next_approved.valid_from)"),
        ("the next version is a later one", "approved.valid_from < next_approved.valid_from",
         "approved.valid_from <= next_approved.valid_from"),
        ("the next version is of the same plan", "approved.plan = next_approved.plan", "true"),
        ("the successor is of the same plan", "approved.plan = next_versions.plan", "true"),
        ("the successor begins where the version ends",
         "approved.valid_to = next_versions.valid_from", "true"),
        ("a version without a successor ends", "left join versions as next_versions",
         "inner join versions as next_versions"),
        ("an approved successor ends a version", "when not succeeded.is_next_unknown",
         "when false"),
        ("a successor that nobody approved ends nothing", "when not succeeded.is_next_unknown",
         "when true"),
        ("an approved version ends what is bridged",
         "when succeeded.next_valid_from is not null", "when false"),
        ("what is bridged is of the same plan", "on succeeded.plan = followed.plan", "on true"),
    )
]  # fmt: skip

LATE = [
    Mutant(rule, "int_known_late", fragment, replacement, UNIT)
    for rule, fragment, replacement in (
        ("known on its own day is not late", "known_date > event_date",
         "known_date >= event_date"),
        ("a load is no change", "where not opportunities.is_load", "where true"),
        ("only won deals are paid", "case when sales_stages.is_won then states.close_date end",
         "states.close_date"),
        ("a deal that is won no more is late", "won_date is not null or previous_won_date",
         "won_date is not null and won_date"),
        ("a deal's states follow one another", "partition by opportunity_key\n", "\n"),
        ("a change reaches the earlier of two days", "least(\n            coalesce(won_date",
         "greatest(\n            coalesce(won_date"),
        ("only won deals are recorded late", "where is_won and created_date_rule",
         "where created_date_rule"),
        ("a creation day that is a guess is not late", "and created_date_rule = 'source'", ""),
        ("a load is not late", "'source' and not is_load", "'source'"),
        ("a deal is known when it is recorded", "created_date as known_date",
         "close_date as known_date"),
        ("late refunds are looked for", "from refunds", "from refunds where false"),
        ("late overrides are looked for", "from overrides", "from overrides where false"),
        ("late assignments are looked for", "from assignments", "from assignments where false"),
        ("late absences are looked for", "from absences", "from absences where false"),
        ("a split is paid with its deal", "opportunities.close_date as event_date",
         "splits.valid_from as event_date"),
        ("a split is known when it is recorded", "timezone('UTC', splits.created_at)",
         "timezone('UTC', cast(opportunities.close_date as timestamp))"),
        ("a quota counts for its year",
         "coalesce(days.fiscal_year_start_date, quotas.valid_from)", "quotas.valid_from"),
        ("a quota outside the calendar counts from its day",
         "coalesce(days.fiscal_year_start_date, quotas.valid_from)",
         "days.fiscal_year_start_date"),
        ("no quota vanishes", "left join days", "inner join days"),
        ("a quota is known when it is recorded", "timezone('UTC', quotas.created_at)",
         "timezone('UTC', cast(quotas.valid_from as timestamp))"),
        ("a version is known when it is approved", "approved_date as known_date",
         "valid_from as known_date"),
        ("only totals of the year move with the day",
         "where components.component_scope = 'year_to_date'", "where true"),
        ("a total of the year moves from its first day on",
         "versions.valid_from <= days.date_day", "versions.valid_from < days.date_day"),
        ("a version that ended with the year moves no more",
         "> days.fiscal_year_start_date", ">= days.fiscal_year_start_date"),
        ("a version without an end moves", "coalesce(versions.valid_to, date '9999-12-31')",
         "versions.valid_to"),
        ("only totals with conditions move", "components.component = conditions.component",
         "true"),
    )
]  # fmt: skip

CUT_OFF = [*ROWS, *STATES, *VERSIONS, *LATE]

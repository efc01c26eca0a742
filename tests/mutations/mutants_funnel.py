"""Broken rules of stages, hand-offs and identity.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

FUNNEL = [
    Mutant(
        "a skipped stage is reached when a later one is",
        "fct_person_stage",
        "rows between current row and unbounded following",
        "rows between current row and current row",
        UNIT,
    ),
    Mutant(
        "a stage that nobody entered is skipped",
        "fct_person_stage",
        "actual_at is null as is_skipped",
        "false as is_skipped",
        "truth of stages",
    ),
    Mutant(
        "each cycle has stages of its own",
        "fct_person_stage",
        "and expected.cycle_number = milestones.cycle_number",
        "",
        UNIT,
    ),
    Mutant(
        "the score of a stage is that of the moment it was reached",
        "fct_person_stage",
        "and staged.reached_at = scores.scored_at",
        "and staged.exited_at = scores.scored_at",
        UNIT,
    ),
    Mutant(
        "an account counts for the score once it existed",
        "int_score_moments",
        "accounts.account_key is not null",
        "true or accounts.account_key is not null",
        UNIT,
    ),
    Mutant(
        "a conversion after its window is none",
        "int_funnel_steps",
        "days_to_convert between 0 and followed.window_days",
        "days_to_convert >= 0",
        UNIT,
    ),
    Mutant(
        "whoever was given back waits no longer",
        "int_funnel_steps",
        "and not coalesce(ended.ended_date >= followed.reached_date, false)",
        "",
        UNIT,
    ),
    Mutant(
        "stages that were skipped or loaded in bulk have no pace",
        "int_funnel_steps",
        "and not followed.is_without_pace",
        "",
        UNIT,
    ),
    Mutant(
        "whoever was known before was no anonymous visitor",
        "int_kpi_components_awareness",
        "and coalesce(identified_at > first_seen_at, true)",
        "",
        UNIT,
    ),
    Mutant(
        "the first entry counts, not the last",
        "int_person_milestones",
        "min(unioned.actual_at) as actual_at",
        "max(unioned.actual_at) as actual_at",
        UNIT,
    ),
    Mutant(
        "a later pass holds nothing of an earlier one",
        "int_lead_milestones",
        "(passes.pass_number = 1 or passes.starts_at <= events.happened_at)",
        "true",
        "truth of stages",
    ),
    Mutant(
        "a lead is known when it is created",
        "int_lead_milestones",
        "leads.created_at as actual_at",
        "leads.mql_at as actual_at",
        "truth of stages",
    ),
    Mutant(
        "what is not reportable is in no cycle",
        "int_person_cycle_members",
        "        leads.is_reportable\n",
        "        true\n",
        UNIT,
    ),
    Mutant(
        "a sale to a customer is no acquisition of its contact",
        "int_person_cycle_members",
        "opportunities.lead_key is not null\n",
        "true\n",
        UNIT,
    ),
]
HANDOFFS = [
    Mutant(
        "a cycle ends when Sales gives the person back",
        "int_person_passes",
        "coalesce(last_returned_at < starts_at, false) as is_after_return",
        "false as is_after_return",
        "truth of decisions",
    ),
    Mutant(
        "a lead that came back is handed off anew",
        "int_handoffs_assigned",
        "looked_back.last_returned_at >= looked_back.last_handed_off_at",
        "false",
        "truth of hand-offs",
    ),
    Mutant(
        "a hand-off said twice is one",
        "int_handoffs_assigned",
        "looked_back.last_handed_off_at is null",
        "true",
        UNIT,
    ),
    Mutant(
        "only a human answers",
        "int_handoff_touches",
        "where is_human and",
        "where",
        "truth of first_human_touch_at",
    ),
    Mutant(
        "an act before the hand-off answers nothing",
        "int_handoff_touches",
        "windows.lead_key = answers.lead_key\n"
        "            and answers.occurred_at between windows.assigned_at and windows.ends_at",
        "windows.lead_key = answers.lead_key\n"
        "            and answers.occurred_at <= windows.ends_at",
        UNIT,
    ),
    Mutant(
        "the first act answers, not the last",
        "int_handoff_touches",
        "min(occurred_at) as first_human_touch_at",
        "max(occurred_at) as first_human_touch_at",
        "truth of first_human_touch_at",
    ),
    Mutant(
        "the first answer of Sales decides",
        "int_handoffs_decided",
        "min(events.happened_at) filter (where events.event_type = 'returned')",
        "max(events.happened_at) filter (where events.event_type = 'returned')",
        UNIT,
    ),
    Mutant(
        "who neither accepts nor rejects lets it expire",
        "int_handoffs_decided",
        "when 'expired' then expires_at",
        "when 'expired' then given_back_at",
        "truth of decided_at",
    ),
    Mutant(
        "no work on holidays and weekends",
        "int_business_days",
        "days.is_business_day\n            and",
        "true and",
        "truth of due_at",
    ),
    Mutant(
        "a promise that ends with a day ends on that day",
        "int_handoff_promises",
        "2 as axis_order",
        "0 as axis_order",
        UNIT,
    ),
    Mutant(
        "a promise is broken after its moment, not at it",
        "int_handoffs_answered",
        ") > promises.due_at as is_breached",
        ") >= promises.due_at as is_breached",
        UNIT,
    ),
    Mutant(
        "who has time still has broken nothing",
        "int_handoffs_answered",
        "clocks.handed_on_at, touches.first_human_touch_at,",
        "clocks.handed_on_at, promises.due_at + interval 1 second, touches.first_human_touch_at,",
        "truth of breaches",
    ),
]
IDENTITY = [
    Mutant(
        "what a visitor did before it said who it is belongs to the person",
        "int_anonymous_persons",
        "chosen.known_person_key,\n",
        "null,\n",
        UNIT,
    ),
    Mutant(
        "a lead is the person whom its source links it to",
        "conformed_leads",
        "people.person_key,\n",
        "null,\n",
        UNIT,
    ),
    Mutant(
        "people of an internal domain do not count",
        "conformed_leads",
        "when internal_domains.domain is not null then 'internal'",
        "when false then 'internal'",
        UNIT,
    ),
    Mutant(
        "deleted leads do not count",
        "conformed_leads",
        "when leads.is_deleted then 'deleted'",
        "when false then 'deleted'",
        UNIT,
    ),
    Mutant(
        "deleted contacts do not count",
        "conformed_people",
        "when people.is_deleted then 'deleted'",
        "when false then 'deleted'",
        UNIT,
    ),
    Mutant(
        "deleted deals do not count",
        "conformed_opportunities",
        "not opportunities.is_deleted and not opportunities.is_test as is_reportable",
        "not opportunities.is_test as is_reportable",
        UNIT,
    ),
    Mutant(
        "bots earn no credit",
        "fct_touch",
        "when user_agents.is_bot then 'bot'",
        "when false then 'bot'",
        "truth of credit",
    ),
    Mutant(
        "who did not agree earns no credit",
        "fct_touch",
        "when not resolved.has_consent then 'no_consent'",
        "when false then 'no_consent'",
        "truth of credit",
    ),
]

-- Grain: one row per credit and payee's component that counts it (credit_key, payee_key, component_key).
-- Why: own credits, or those of whoever was below the payee that day and was on a plan, of the
-- types and lines of deals that the component counts. A table of few columns, so that what follows
-- from them is joined to as many rows as there are: DuckDB cannot guess how many these joins leave.
with credits as (

    select * from {{ ref('comp_credit') }}
    where counts_for_pay

),

assigned as (

    select * from {{ ref('int_comp_assigned_components') }}

),

events as (

    select * from {{ ref('comp_event') }}

),

types_that_count as (

    select * from {{ ref('stg_company__plan_opportunity_types') }}

),

sold_parts as (

    select * from {{ ref('int_comp_sold_parts') }}

),

assignments as (

    select * from {{ ref('comp_assignment') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

reporting_lines as (

    select * from {{ ref('int_comp_reporting_lines') }}

),

of_oneself as (

    select
        credits.*,
        credits.payee_key as counting_payee_key,
        'own' as credited_to
    from credits

),

of_reports as (

    select
        credits.*,
        {{ payee_key('reporting_lines.manager_employee_key') }} as counting_payee_key,
        reporting_lines.credited_to
    from credits
    inner join payees
        on credits.payee_key = payees.payee_key
    inner join reporting_lines
        on
            payees.employee_key = reporting_lines.employee_key
            and credits.priced_date >= reporting_lines.valid_from
            and credits.priced_date < reporting_lines.valid_to
    inner join assignments
        on
            credits.payee_key = assignments.payee_key
            and credits.priced_date >= assignments.valid_from
            and credits.priced_date < coalesce(assignments.valid_to, date '9999-12-31')

),

countable as (

    select * from of_oneself
    union all
    select * from of_reports

),

final as (

    select
        countable.credit_key,
        countable.counting_payee_key as payee_key,
        assigned.component_key,
        countable.event_key,
        coalesce(countable.reverses_event_key, countable.event_key) as root_event_key,
        countable.payee_key as credited_payee_key,

        countable.event_type,
        countable.currency_code as event_currency_code,
        assigned.currency_code,

        sold_parts.part,
        sold_parts.whole,
        countable.credited_amount,
        countable.credited_quantity,

        countable.reverses_event_key is not null as is_reversal,

        countable.credit_date,
        countable.priced_date
    from countable
    inner join assigned
        on
            countable.counting_payee_key = assigned.payee_key
            and countable.credited_to = assigned.credited_to
            and countable.credit_type = assigned.credit_type
            and countable.priced_date >= assigned.valid_from
            and countable.priced_date < assigned.valid_to
            and (countable.event_type = 'payment') = (assigned.measure = 'cash_received')
    inner join events
        on countable.event_key = events.event_key
    left join sold_parts
        on
            assigned.component_key = sold_parts.component_key
            and events.opportunity_key = sold_parts.opportunity_key
    left join types_that_count
        on
            assigned.plan = types_that_count.plan
            and assigned.plan_version = types_that_count.plan_version
            and assigned.component = types_that_count.component
            and events.opportunity_type = types_that_count.opportunity_type
    where
        (assigned.counts_every_type or types_that_count.opportunity_type is not null)
        and (not coalesce(assigned.counts_part, false) or sold_parts.component_key is not null)

)

select * from final

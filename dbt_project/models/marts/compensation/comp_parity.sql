-- Grain: one row per business function, fiscal year that has ended and measure (business_function, period, measure).
-- Why: Sales and Marketing on one page. What fewer people stand behind than the company lets
-- be shown is NULL, and its row stays.
{%- set measures = [
    ('variable_share', 'share', 'earner_count'),
    ('target_pay_median', 'reporting_currency', 'payee_count'),
    ('upside_rate_median', 'share', 'bounded_count'),
    ('attainment_p25', 'share', 'attained_count'),
    ('attainment_median', 'share', 'attained_count'),
    ('attainment_p75', 'share', 'attained_count'),
    ('payout_rate_p25', 'share', 'paid_out_count'),
    ('payout_rate_median', 'share', 'paid_out_count'),
    ('payout_rate_p75', 'share', 'paid_out_count'),
    ('payout_per_attainment', 'slope', 'sloped_count'),
    ('shared_measure_share', 'share', 'earner_count'),
    ('days_to_payment_median', 'days', 'posted_count'),
    ('adjustment_rate', 'share', 'stated_count'),
    ('dispute_rate', 'share', 'stated_count'),
    ('cost_per_pipeline', 'share', 'earner_count'),
    ('cost_per_booking', 'share', 'earner_count'),
] %}
with payee_years as (

    select * from {{ ref('int_comp_payee_years') }}

),

years as (

    select * from {{ ref('int_reporting_periods') }}
    where period_grain = 'year' and has_ended

),

statement_lines as (

    select * from {{ ref('comp_statement_line') }}

),

earning_lines as (

    select * from {{ ref('comp_earning_line') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

disputes as (

    select * from {{ ref('comp_dispute') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

people_costs as (

    select * from {{ ref('fct_cost_monthly') }}
    where category = 'people'

),

company_values as (

    select * from {{ ref('rpt_kpi') }}
    where dimension = 'all' and period_grain = 'year'

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

-- Those of whom both is known, from the middle of their group.
means as (

    select
        business_function,
        period_start,
        {{ exact_share('sum(attainment)', '1', 'count(*)') }} as attainment,
        {{ exact_share('sum(payout_rate)', '1', 'count(*)') }} as payout_rate
    from payee_years
    where attainment is not null and payout_rate is not null
    group by
        business_function,
        period_start

),

deviations as (

    select
        payee_years.business_function,
        payee_years.period_start,
        cast(payee_years.attainment - means.attainment as decimal(18, 9)) as attainment,
        cast(payee_years.payout_rate - means.payout_rate as decimal(18, 9)) as payout_rate
    from payee_years
    inner join means
        on
            payee_years.business_function = means.business_function
            and payee_years.period_start = means.period_start
    where payee_years.attainment is not null and payee_years.payout_rate is not null

),

slopes as (

    select
        business_function,
        period_start,
        count(*) as sloped_count,
        {{ safe_ratio(
            'sum(attainment * payout_rate)', 'sum(attainment * attainment)'
        ) }} as payout_per_attainment
    from deviations
    group by
        business_function,
        period_start

),

people as (

    select
        business_function,
        period_start,
        count(*) as payee_count,
        count(attainment) as attained_count,
        count(payout_rate) as paid_out_count,
        count(upside_rate) as bounded_count,
        count(case when earned_amount <> 0 then payee_key end) as earner_count,
        sum(earned_amount) as earned_amount,
        sum(shared_amount) as shared_amount,
        percentile_cont(0.5) within group (order by annual_target_amount)
            as target_pay_median,
        percentile_cont(0.5) within group (order by upside_rate) as upside_rate_median,
        percentile_cont(0.25) within group (order by attainment) as attainment_p25,
        percentile_cont(0.5) within group (order by attainment) as attainment_median,
        percentile_cont(0.75) within group (order by attainment) as attainment_p75,
        percentile_cont(0.25) within group (order by payout_rate) as payout_rate_p25,
        percentile_cont(0.5) within group (order by payout_rate) as payout_rate_median,
        percentile_cont(0.75) within group (order by payout_rate) as payout_rate_p75
    from payee_years
    group by
        business_function,
        period_start

),

-- A KPI was reached in all of its period: its event is the middle of it.
posted as (

    select
        payees.business_function,
        years.period_start,
        statement_lines.payee_key,
        {{ days_between('earning_lines.credit_date', 'months.period_end') }}
        + case
            when earning_lines.kpi_result_key is not null
                then cast(
                    {{ days_between('earning_lines.period', 'earning_lines.credit_date') }}
                    as decimal(18, 1)
                ) / 2
            else 0
        end as days_to_payment
    from statement_lines
    inner join earning_lines
        on statement_lines.earning_line_key = earning_lines.earning_line_key
    inner join months
        on statement_lines.period = months.period
    inner join years
        on earning_lines.period between years.period_start and years.period_end
    inner join payees
        on statement_lines.payee_key = payees.payee_key
    where statement_lines.amount > 0 and statement_lines.status = 'final'

),

waits as (

    select
        business_function,
        period_start,
        count(distinct payee_key) as posted_count,
        percentile_cont(0.5) within group (order by days_to_payment)
            as days_to_payment_median
    from posted
    group by
        business_function,
        period_start

),

stated as (

    select
        payees.business_function,
        years.period_start,
        count(distinct statement_lines.payee_key) as stated_count,
        count(distinct statement_lines.statement_key) as statement_count,
        count(*) as line_count,
        count(
            case when statement_lines.entry_type in ('adjustment', 'clawback') then 1 end
        ) as adjustment_count
    from statement_lines
    inner join years
        on statement_lines.period between years.period_start and years.period_end
    inner join payees
        on statement_lines.payee_key = payees.payee_key
    group by
        payees.business_function,
        years.period_start

),

disputed as (

    select
        payees.business_function,
        years.period_start,
        count(*) as dispute_count
    from disputes
    inner join years
        on
            disputes.statement_period
            between years.period_start and years.period_end
    inner join payees
        on disputes.payee_key = payees.payee_key
    group by
        payees.business_function,
        years.period_start

),

costs as (

    select
        people_costs.business_function,
        years.period_start,
        sum(people_costs.amount) as people_amount
    from people_costs
    inner join years
        on people_costs.cost_month between years.period_start and years.period_end
    group by
        people_costs.business_function,
        years.period_start

),

company_sums as (

    select
        period_start,
        max(case when kpi = 'pipeline_created' then value end) as pipeline_amount,
        max(case when kpi = 'bookings' then value end) as booking_amount
    from company_values
    group by period_start

),

wide as (

    select
        people.*,
        slopes.sloped_count,
        slopes.payout_per_attainment,
        waits.posted_count,
        waits.days_to_payment_median,
        stated.stated_count,
        {{ safe_ratio(
            'people.earned_amount', 'people.earned_amount + costs.people_amount'
        ) }} as variable_share,
        {{ safe_ratio('people.shared_amount', 'people.earned_amount') }}
            as shared_measure_share,
        {{ safe_ratio('stated.adjustment_count', 'stated.line_count') }} as adjustment_rate,
        {{ safe_ratio('coalesce(disputed.dispute_count, 0)', 'stated.statement_count') }}
            as dispute_rate,
        {{ safe_ratio('people.earned_amount', 'company_sums.pipeline_amount') }}
            as cost_per_pipeline,
        {{ safe_ratio('people.earned_amount', 'company_sums.booking_amount') }}
            as cost_per_booking
    from people
    left join slopes
        on
            people.business_function = slopes.business_function
            and people.period_start = slopes.period_start
    left join waits
        on
            people.business_function = waits.business_function
            and people.period_start = waits.period_start
    left join stated
        on
            people.business_function = stated.business_function
            and people.period_start = stated.period_start
    left join disputed
        on
            people.business_function = disputed.business_function
            and people.period_start = disputed.period_start
    left join costs
        on
            people.business_function = costs.business_function
            and people.period_start = costs.period_start
    left join company_sums
        on people.period_start = company_sums.period_start

),

unioned as (
    {%- for measure, unit, people_behind in measures %}
    {{ "union all" if not loop.first }}
    select
        business_function,
        period_start,
        '{{ measure }}' as measure,
        '{{ unit }}' as unit,
        coalesce({{ people_behind }}, 0) as payee_count,
        cast({{ measure }} as decimal(18, 6)) as measured_value
    from wide
    {%- endfor %}

),

final as (

    select
        unioned.business_function,
        'year' as period_grain,
        unioned.measure,
        unioned.unit,

        cast(unioned.payee_count as integer) as payee_count,
        case
            when unioned.payee_count >= settings.smallest_pay_group
                then unioned.measured_value
        end as value, -- noqa: RF04

        unioned.payee_count < settings.smallest_pay_group as is_withheld,

        unioned.period_start as period
    from unioned
    cross join settings

)

select * from final

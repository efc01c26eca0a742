-- Fails on every period, type and method whose credits by campaign are not all conversions and their
-- amount, and where a method that every period has is missing.
with credits as (

    select * from {{ ref('rpt_campaign_algorithmic') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

declared_periods as (

    select * from {{ ref('stg_company__attribution_campaign_periods') }}

),

due as (

    select
        periods.period_grain,
        periods.period_start,
        conversions.conversion_type,
        count(*) as conversion_count,
        sum(conversions.conversion_amount) as conversion_amount
    from conversions
    inner join periods
        on
            conversions.converted_date >= periods.period_start
            and conversions.converted_date <= periods.period_end
    inner join declared_periods
        on periods.period_grain = declared_periods.period_grain
    group by
        periods.period_grain,
        periods.period_start,
        conversions.conversion_type

),

credited as (

    select
        period_grain,
        period_start,
        conversion_type,
        method,
        includes_non_converting,
        sum(credited_conversions) as credited_conversions,
        sum(credited_amount) as credited_amount
    from credits
    group by
        period_grain,
        period_start,
        conversion_type,
        method,
        includes_non_converting

),

methods as (

    select distinct
        method,
        includes_non_converting
    from credits
    where method in ('markov_1', 'shapley', 'shapley_rate')

),

due_by_method as (

    select
        due.period_grain,
        due.period_start,
        due.conversion_type,
        due.conversion_count,
        due.conversion_amount,
        methods.method,
        methods.includes_non_converting
    from due
    cross join methods
    union
    select
        due.period_grain,
        due.period_start,
        due.conversion_type,
        due.conversion_count,
        due.conversion_amount,
        credited.method,
        credited.includes_non_converting
    from due
    inner join credited
        on
            due.period_grain = credited.period_grain
            and due.period_start = credited.period_start
            and due.conversion_type = credited.conversion_type

)

select
    due_by_method.*,
    credited.credited_conversions,
    credited.credited_amount
from due_by_method
full join credited
    on
        due_by_method.period_grain = credited.period_grain
        and due_by_method.period_start = credited.period_start
        and due_by_method.conversion_type = credited.conversion_type
        and due_by_method.method = credited.method
        and due_by_method.includes_non_converting = credited.includes_non_converting
where
    credited.credited_conversions is distinct from due_by_method.conversion_count
    or credited.credited_amount is distinct from due_by_method.conversion_amount

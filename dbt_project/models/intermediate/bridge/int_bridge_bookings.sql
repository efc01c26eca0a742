-- Grain: one row per source object, its month, Concord's month and reason (bridge_key).
-- Why: the source's figure is the amount of its won opportunities in the month they were closed, at
-- the rate of that day, so that both sides are in the reporting currency. An amount that the source
-- does not state, or that has no rate, is in neither figure as long as the other has none either.
with opportunities as (

    select * from {{ ref('stg_file_drop__opportunities') }}

),

stages_mapped as (

    select * from {{ ref('int_sales_stages_mapped') }}

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

bookings as (

    select
        opportunity_key,
        booking_date,
        sum(amount) as amount
    from {{ ref('fct_booking') }}
    group by
        opportunity_key,
        booking_date

),

mart_opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

delivered as (

    select
        {{ surrogate_key([
            'opportunities.source_system',
            'opportunities.source_instance',
            'opportunities.opportunity_id',
        ]) }} as opportunity_key,
        opportunities.source_system,
        opportunities.source_instance,
        opportunities.amount as amount_local,
        opportunities.currency_code,
        opportunities.close_date
    from opportunities
    inner join stages_mapped
        on
            opportunities.source_instance = stages_mapped.source_instance
            and opportunities.sales_stage = stages_mapped.source_sales_stage
    inner join sales_stages
        on stages_mapped.sales_stage = sales_stages.sales_stage
    where sales_stages.is_won

),

valued as (

    select
        delivered.*,
        {{ converted(
            'delivered.amount_local',
            exchange_rate('rates.rate', 'delivered.currency_code')
        ) }} as amount
    from delivered
    left join rates
        on
            delivered.currency_code = rates.currency_code
            and delivered.close_date = rates.rate_date

),

compared as (

    select
        valued.source_system,
        valued.source_instance,
        case
            when valued.close_date <= {{ as_of_date() }}
                then {{ first_of_month('valued.close_date') }}
        end as source_month,
        case
            when bookings.booking_date <= {{ as_of_date() }}
                then {{ first_of_month('bookings.booking_date') }}
        end as concord_month,
        case
            when mart_opportunities.exclusion_reason is not null
                then mart_opportunities.exclusion_reason
            when valued.close_date is null then 'undated'
            when mart_opportunities.is_amount_from_lines then 'amount_of_lines'
            when
                mart_opportunities.amount_local = valued.amount_local
                and coalesce(bookings.amount, 0) <> coalesce(valued.amount, 0)
                then 'foreign_exchange'
        end as reason,
        valued.amount as source_amount,
        bookings.amount as concord_amount
    from valued
    left join mart_opportunities
        on valued.opportunity_key = mart_opportunities.opportunity_key
    left join bookings
        on valued.opportunity_key = bookings.opportunity_key

),

summed as (

    select
        source_system,
        source_instance,
        'opportunities' as source_object,
        'bookings' as kpi,
        reason,

        cast(
            coalesce(sum(source_amount) filter (where source_month is not null), 0)
            as decimal(38, 6)
        ) as source_value,
        cast(
            coalesce(sum(concord_amount) filter (where concord_month is not null), 0)
            as decimal(38, 6)
        ) as concord_value,

        source_month,
        concord_month
    from compared
    where coalesce(source_month, concord_month) is not null
    group by
        source_system,
        source_instance,
        reason,
        source_month,
        concord_month

),

final as (

    select
        {{ surrogate_key([
            'source_system',
            'source_instance',
            'source_object',
            'source_month',
            'concord_month',
            'reason',
        ]) }} as bridge_key,
        *
    from summed

)

select * from final

-- Grain: one row per opportunity and state, and one for its deletion (opportunity_key, valid_from).
-- Why: the only place that says what is in the pipeline: open, in a stage that counts,
-- not omitted from the forecast, reportable then. `created_rate_amount` values all
-- states at one rate, so that a rate never looks like a change of the deal.
{% set forecast_categories = ["pipeline", "best_case", "commit", "closed", "omitted"] %}
with states as (

    select * from {{ ref('fct_opportunity_history') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

deletions as (

    select * from {{ ref('int_opportunity_deletions') }}

),

sales_stages as (

    select * from {{ ref('dim_sales_stage') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

told as (

    select
        states.*,
        opportunities.created_date,
        sales_stages.forecast_category as category_of_stage,
        replace({{ normalised('states.forecast_category') }}, ' ', '_') as category,
        states.is_won or states.is_lost as is_closed,
        coalesce(
            least(states.valid_to_date, deletions.deleted_date),
            states.valid_to_date,
            deletions.deleted_date
        ) as day_to
    from states
    inner join opportunities
        on states.opportunity_key = opportunities.opportunity_key
    inner join sales_stages
        on states.sales_stage = sales_stages.sales_stage
    left join deletions
        on states.opportunity_key = deletions.opportunity_key
    where
        opportunities.is_reportable
        or states.valid_from_date < deletions.deleted_date

),

judged as (

    select
        told.*,
        {{ converted(
            'told.amount_local', exchange_rate('rates.rate', 'told.currency_code')
        ) }} as created_rate_amount,
        case
            when told.category in ('not_forecasted', 'not_forecast') then 'omitted'
            when told.category in ('{{ forecast_categories | join("', '") }}')
                then told.category
            else told.category_of_stage
        end as listed_category
    from told
    left join rates
        on
            told.currency_code = rates.currency_code
            and told.created_date = rates.rate_date

),

final as (

    select
        opportunity_key,
        owner_employee_key,

        case when is_won then 'won' when is_lost then 'lost' else 'open' end
            as state_kind,
        sales_stage,
        listed_category as forecast_category,
        team,

        amount,
        created_rate_amount,
        weighted_amount,

        is_closed,
        is_open
        and is_pipeline
        and coalesce(listed_category <> 'omitted', true) as is_in_pipeline,

        close_date,
        valid_from_date as day_from,
        day_to,

        valid_from
    from judged
    union all
    select
        opportunity_key,
        cast(null as varchar) as owner_employee_key,
        'deleted' as state_kind,
        cast(null as varchar) as sales_stage,
        cast(null as varchar) as forecast_category,
        'unknown' as team,
        cast(null as decimal(18, 2)) as amount,
        cast(null as decimal(18, 2)) as created_rate_amount,
        cast(null as decimal(18, 2)) as weighted_amount,
        false as is_closed,
        false as is_in_pipeline,
        cast(null as date) as close_date,
        deleted_date as day_from,
        cast(null as date) as day_to,
        {{ start_of_company_day('deleted_date') }} as valid_from
    from deletions

)

select * from final

-- Grain: one row per cost of a month (cost_key).
-- Why: the company folder's costs.csv and delivered costs stand side by side; ids tell them apart.
with company_costs as (

    select * from {{ ref('stg_company__costs') }}

),

source_costs as (

    select * from {{ ref('stg_file_drop__costs') }}

),

unioned as (

    select
        'company' as source_system,
        'costs' as source_instance,
        cost_id,
        business_function,
        category,
        reach,
        channel_name,
        currency_code,
        amount,
        budget_amount,
        cost_month
    from company_costs
    union all
    select
        source_system,
        source_instance,
        cost_id,
        business_function,
        category,
        reach,
        channel_name,
        currency_code,
        amount,
        budget_amount,
        {{ first_of_month('cost_month') }} as cost_month
    from source_costs

),

final as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'cost_id']) }} as cost_key,

        source_system,
        source_instance,
        cost_id as source_id,
        business_function,
        category,
        coalesce(reach, 'broad') as reach,
        channel_name,
        currency_code,

        amount as amount_local,
        budget_amount as budget_amount_local,

        cost_month
    from unioned

)

select * from final

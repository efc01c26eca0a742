-- Grain: one row per component, month and dimensions of costs (component, component_date, channel_name, business_function, reach).
-- Why: what Marketing costs has the media of the platforms in it and not the ledger's copy of them;
-- the costs by function and reach are the ledger as it is. Budgets are compared with the costs that
-- have one.
with costs as (

    select * from {{ ref('fct_cost_monthly') }}

),

spend as (

    select * from {{ ref('int_kpi_components_spend') }}

),

parts as (
    {% set sellers = "business_function in ('sales', 'sdr') and category <> 'media'" %}
    {% for component, quantity, condition in [
        ('costs', 'amount', 'true'),
        ('cost_budget', 'budget_amount', 'budget_amount is not null'),
        ('costs_with_budget', 'amount', 'budget_amount is not null and amount is not null'),
        ('marketing_cost', 'amount', "business_function = 'marketing' and category <> 'media'"),
        ('sales_cost', 'amount', sellers),
        ('selling_pay', 'amount', sellers ~ " and category in ('people', 'commission')"),
        ('commission_cost', 'amount', "category = 'commission'"),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        coalesce(channel_name, 'not_recorded') as channel_name,
        business_function,
        reach,
        {{ quantity }} as quantity,
        cost_month as component_date
    from costs
    where {{ condition }}
    {%- endfor %}
    union all
    select
        'marketing_cost' as component,
        channel_name,
        'marketing' as business_function,
        'broad' as reach,
        quantity,
        component_date
    from spend

),

final as (

    select
        component,
        channel_name,
        'unknown' as team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,
        business_function,
        reach,

        cast(sum(quantity) as decimal(38, 6)) as quantity,

        component_date
    from parts
    where component_date <= {{ as_of_date() }}
    group by
        component,
        channel_name,
        business_function,
        reach,
        component_date

)

select * from final

-- Grain: one row per component, day and dimensions of movements of recurring revenue (component, component_date, channel_name, team, segment, region, product_name).
-- Why: a movement is known when its month has ended and stands on its last day. Growth is what new
-- customers brought and old ones added; who comes back is neither won nor grown.
with movements as (

    select * from {{ ref('rpt_arr_movement') }}
    where is_closed

),

dated as (

    select
        *,
        {{ add_days(add_months('movement_month', 1), -1) }} as component_date
    from movements

),

counted as (
    {% for component, quantity in [
        ('new_arr', 'new_amount'),
        ('reactivation_arr', 'reactivation_amount'),
        ('expansion_arr', 'expansion_amount'),
        ('contraction_arr', 'contraction_amount'),
        ('churned_arr', 'churn_amount'),
        ('growth_arr', 'new_amount + expansion_amount'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        segment,
        region,
        sum({{ quantity }}) as quantity,
        component_date
    from dated
    group by
        segment,
        region,
        component_date
    {%- endfor %}

),

final as (

    select
        component,
        'unknown' as channel_name,
        'unknown' as team,
        segment,
        region,
        'unknown' as product_name,

        cast(quantity as decimal(38, 6)) as quantity,

        component_date
    from counted

)

select * from final

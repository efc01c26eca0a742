-- Grain: one row per component, day, dimensions and owner of opportunities (component, component_date, channel_name, team, segment, region, product_name, employee_key).
-- Why: created ones count on their created or pipeline date under the team at creation,
-- closed ones on their close date under the team at close. Amounts nobody knows stay
-- NULL.
{%- set components = [
    ('opportunities_created', 'created_date', 'team_at_creation', '1', 'true'),
    ('pipeline_created', 'pipeline_date', 'team_at_creation', 'creation_amount', 'true'),
    ('deals_closed', 'close_date', 'team_at_close', '1', 'is_closed'),
    (
        'deals_won',
        'close_date',
        'team_at_close',
        'case when is_won then 1 else 0 end',
        'is_closed',
    ),
    ('won_amount', 'close_date', 'team_at_close', 'amount', 'is_won'),
    ('deals_won_with_amount', 'close_date', 'team_at_close', '1', 'is_won and amount is not null'),
    (
        'won_amount_of_closed',
        'close_date',
        'team_at_close',
        'case when is_won then amount else 0 end',
        'is_closed and amount is not null',
    ),
    ('saos', 'pipeline_date', 'team_at_creation', '1', 'true'),
    (
        'saos_closed',
        'close_date',
        'team_at_close',
        '1',
        'is_closed and pipeline_date is not null',
    ),
    (
        'saos_won',
        'close_date',
        'team_at_close',
        'case when is_won then 1 else 0 end',
        'is_closed and pipeline_date is not null',
    ),
    (
        'saos_won_amount',
        'close_date',
        'team_at_close',
        'amount',
        'is_won and amount is not null and pipeline_date is not null',
    ),
    (
        'saos_won_with_amount',
        'close_date',
        'team_at_close',
        '1',
        'is_won and amount is not null and pipeline_date is not null',
    ),
    (
        'pipeline_to_source',
        'pipeline_date',
        'team_at_creation',
        'creation_amount',
        'not is_renewal and creation_amount is not null',
    ),
    (
        'pipeline_sourced_by_field',
        'pipeline_date',
        'team_at_creation',
        "case when sourced_by_field = 'marketing' then creation_amount else 0 end",
        'not is_renewal and creation_amount is not null',
    ),
    (
        'pipeline_sourced_by_first_touch',
        'pipeline_date',
        'team_at_creation',
        "case when sourced_by_first_touch = 'marketing' then creation_amount else 0 end",
        'not is_renewal and creation_amount is not null',
    ),
    (
        'pipeline_sourced_by_presales_touch',
        'pipeline_date',
        'team_at_creation',
        "case when sourced_by_presales_touch = 'marketing' then creation_amount else 0 end",
        'not is_renewal and creation_amount is not null',
    ),
    (
        'pipeline_influenced_by_marketing',
        'pipeline_date',
        'team_at_creation',
        'case when is_marketing_influenced then creation_amount else 0 end',
        'not is_renewal and creation_amount is not null',
    ),
    ('closed_amount', 'close_date', 'team_at_close', 'amount', 'is_closed and amount is not null'),
] %}
with opportunities as (

    select * from {{ ref('int_kpi_opportunities') }}

),

summed as (
    {% for component, day, team, quantity, condition in components %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        channel_name,
        {{ team }} as team,
        segment,
        region,
        product_name,
        employee_key,
        cast(sum({{ quantity }}) as decimal(38, 6)) as quantity,
        {{ day }} as component_date
    from opportunities
    where {{ condition }} and {{ day }} <= {{ as_of_date() }}
    group by
        channel_name,
        {{ team }},
        segment,
        region,
        product_name,
        employee_key,
        {{ day }}
    {%- endfor %}

),

final as (

    select * from summed

)

select * from final

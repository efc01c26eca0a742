-- Grain: one row per component, day and dimensions of MQLs (component, component_date, channel_name, team, segment, region, product_name).
-- Why: what an MQL brought counts on the day it became one, when its person bought within
-- the window; no team owns an MQL yet.
with person_cycles as (

    select * from {{ ref('int_kpi_person_cycles') }}
    where mql_date is not null

),

wins as (

    select * from {{ ref('int_person_cycle_wins') }}

),

windows as (

    select * from {{ ref('int_kpi_windows') }}
    where component = 'mqls_won_amount'

),

channels as (

    select * from {{ ref('dim_channel') }}

),

described as (

    select
        person_cycles.cycle_number,
        person_cycles.mql_date,
        coalesce(channels.channel_name, 'unknown') as channel_name,
        coalesce(person_cycles.segment, 'unknown') as segment,
        coalesce(person_cycles.region, 'unknown') as region,
        case
            when
                coalesce(
                    {{ days_between('person_cycles.mql_date', 'wins.first_won_date') }}
                    <= windows.window_days,
                    wins.first_won_date is not null
                )
                then coalesce(wins.won_amount, 0)
            else 0
        end as won_amount
    from person_cycles
    cross join windows
    left join wins
        on
            person_cycles.person_key = wins.person_key
            and person_cycles.cycle_number = wins.cycle_number
    left join channels
        on person_cycles.channel_key = channels.channel_key

),

summed as (
    {% for component, quantity, condition in [
        ('mqls_net_new', '1', 'cycle_number = 1'),
        ('mqls_won_amount', 'won_amount', 'true'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        channel_name,
        segment,
        region,
        sum({{ quantity }}) as quantity,
        mql_date as component_date
    from described
    where {{ condition }} and mql_date <= {{ as_of_date() }}
    group by
        channel_name,
        segment,
        region,
        mql_date
    {%- endfor %}

),

final as (

    select
        component,
        channel_name,
        'unknown' as team,
        segment,
        region,
        'unknown' as product_name,

        cast(quantity as decimal(38, 6)) as quantity,

        component_date
    from summed

)

select * from final

-- Grain: one row per cohort month, channel, campaign and content asset (cohort_month, channel_key, campaign_key, content_asset_key).
-- Why: the feedback to whoever made the campaign: what became of the people it brought,
-- beside all people of the month.
with person_cycles as (

    select * from {{ ref('int_kpi_person_cycles') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}

),

person_stages as (

    select * from {{ ref('fct_person_stage') }}

),

wins as (

    select * from {{ ref('int_person_cycle_wins') }}

),

windows as (

    select * from {{ ref('int_kpi_windows') }}
    where component = 'leads_won'

),

-- What came of a lead that came back is the lead's, up to the next lead.
reached as (

    select
        person_cycles.person_key,
        person_cycles.lead_cycle_number,
        {%- for stage in ['mql', 'accepted', 'opportunity', 'won'] %}
        max(case when person_stages.stage = '{{ stage }}' then 1 else 0 end) as has_{{ stage }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from person_stages
    inner join person_cycles
        on
            person_stages.person_key = person_cycles.person_key
            and person_stages.cycle_number = person_cycles.cycle_number
    group by
        person_cycles.person_key,
        person_cycles.lead_cycle_number

),

won as (

    select
        person_cycles.person_key,
        person_cycles.lead_cycle_number,
        sum(wins.won_amount) as won_amount
    from wins
    inner join person_cycles
        on
            wins.person_key = person_cycles.person_key
            and wins.cycle_number = person_cycles.cycle_number
    group by
        person_cycles.person_key,
        person_cycles.lead_cycle_number

),

described as (

    select
        person_cycles.channel_key,
        coalesce(campaigns.campaign_key, {{ unknown_key('campaign') }}) as campaign_key,
        coalesce(content_assets.content_asset_key, {{ unknown_key('content_asset') }})
            as content_asset_key,
        {%- for stage in ['mql', 'accepted', 'opportunity', 'won'] %}
        coalesce(reached.has_{{ stage }}, 0) as has_{{ stage }},
        {%- endfor %}
        coalesce(won.won_amount, 0) as won_amount,
        {{ first_of_month('person_cycles.lead_date') }} as cohort_month
    from person_cycles
    left join leads
        on person_cycles.first_lead_key = leads.lead_key
    left join campaigns
        on leads.campaign_key = campaigns.campaign_key
    left join content_assets
        on leads.content_asset_key = content_assets.content_asset_key
    left join reached
        on
            person_cycles.person_key = reached.person_key
            and person_cycles.cycle_number = reached.lead_cycle_number
    left join won
        on
            person_cycles.person_key = won.person_key
            and person_cycles.cycle_number = won.lead_cycle_number
    where person_cycles.lead_date <= {{ as_of_date() }}

),

summed as (

    select
        cohort_month,
        channel_key,
        campaign_key,
        content_asset_key,
        count(*) as lead_count,
        {%- for stage in ['mql', 'accepted', 'opportunity', 'won'] %}
        cast(sum(has_{{ stage }}) as bigint) as {{ stage }}_count,
        {%- endfor %}
        cast(sum(won_amount) as decimal(18, 2)) as won_amount
    from described
    group by
        cohort_month,
        channel_key,
        campaign_key,
        content_asset_key

),

compared as (

    select
        *,
        sum(lead_count) over (partition by cohort_month) as month_lead_count,
        sum(won_amount) over (partition by cohort_month) as month_won_amount
    from summed

),

final as (

    select
        compared.channel_key,
        compared.campaign_key,
        compared.content_asset_key,

        compared.lead_count,
        compared.mql_count,
        compared.accepted_count,
        compared.opportunity_count,
        compared.won_count,
        compared.won_amount,
        {{ safe_ratio(
            'compared.won_amount * compared.month_lead_count',
            'compared.month_won_amount * compared.lead_count'
        ) }} as quality_index,

        {{ add_days(
            add_months('compared.cohort_month', 1), 'windows.window_days - 1'
        ) }} <= {{ as_of_date() }} as is_mature,

        compared.cohort_month
    from compared
    cross join windows

)

select * from final

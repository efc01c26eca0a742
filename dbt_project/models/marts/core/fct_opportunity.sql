-- Grain: one row per opportunity (opportunity_key).
-- Why: joins what one intermediate model each has decided; nothing is decided here, hence the
-- number of refs. Segment and region fall back to 'unknown'; region to the owner's region first.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

linked as (

    select * from {{ ref('int_opportunities_linked') }}

),

dated as (

    select * from {{ ref('int_opportunities_dated') }}

),

valued as (

    select * from {{ ref('int_opportunities_valued') }}

),

leads as (

    select * from {{ ref('int_opportunity_leads') }}

),

products as (

    select * from {{ ref('int_opportunity_products') }}

),

teams as (

    select * from {{ ref('int_opportunity_teams') }}

),

channels as (

    select * from {{ ref('int_opportunity_channels') }}

),

sources as (

    select * from {{ ref('int_opportunity_sources') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

loads as (

    select * from {{ ref('int_opportunity_loads') }}

),

loss_reasons as (

    select * from {{ ref('dim_reason') }}
    where reason_type = 'loss'

),

final as (

    select
        opportunities.opportunity_key,

        linked.account_key,
        linked.owner_employee_key,
        linked.sdr_employee_key,
        leads.lead_key,
        leads.primary_person_key,
        linked.campaign_key,
        products.primary_product_key,
        coalesce(channels.channel_key, {{ surrogate_key(["'not_recorded'"]) }})
            as channel_key,
        loss_reasons.reason_key as loss_reason_key,

        opportunities.source_system,
        opportunities.source_instance,
        opportunities.source_id,
        opportunities.opportunity_name,
        opportunities.opportunity_type,
        opportunities.sales_stage,
        opportunities.forecast_category,
        opportunities.competitor,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(accounts.region, teams.owner_region) as region,
        teams.team_at_creation,
        teams.team_at_close,
        sources.sourced_by_field,
        sources.sourced_by_first_touch,
        sources.sourced_by_presales_touch,
        dated.created_date_rule,
        dated.close_date_rule,
        linked.exclusion_reason,
        valued.currency_code,

        valued.amount,
        valued.amount_local,
        valued.fx_rate,
        valued.probability,
        {{ weighted('valued.amount', 'valued.probability') }} as weighted_amount,
        case
            when
                opportunities.is_won
                and dated.close_date >= dated.created_date
                and dated.created_date_rule not in ('close_date', 'as_of_date')
                and dated.close_date_rule <> 'created_date'
                and loads.opportunity_key is null
                then cast(
                    {{ days_between('dated.created_date', 'dated.close_date') }} as integer
                )
        end as sales_cycle_days,

        opportunities.is_open,
        opportunities.is_won,
        opportunities.is_lost,
        dated.is_pipeline,
        sources.is_marketing_influenced,
        dated.is_created_date_inferred,
        dated.has_date_conflict,
        coalesce(loads.is_creation_load, false) as is_creation_load,
        coalesce(loads.is_close_load, false) as is_close_load,
        valued.is_amount_from_lines,
        valued.is_rate_missing,
        linked.is_reportable,

        dated.created_date,
        dated.pipeline_date,
        dated.close_date,

        dated.created_at
    from opportunities
    inner join linked
        on opportunities.opportunity_key = linked.opportunity_key
    inner join dated
        on opportunities.opportunity_key = dated.opportunity_key
    inner join valued
        on opportunities.opportunity_key = valued.opportunity_key
    inner join leads
        on opportunities.opportunity_key = leads.opportunity_key
    inner join products
        on opportunities.opportunity_key = products.opportunity_key
    inner join teams
        on opportunities.opportunity_key = teams.opportunity_key
    inner join sources
        on opportunities.opportunity_key = sources.opportunity_key
    left join channels
        on opportunities.opportunity_key = channels.opportunity_key
    left join accounts
        on linked.account_key = accounts.account_key
    left join loads
        on opportunities.opportunity_key = loads.opportunity_key
    left join loss_reasons
        on {{ normalised('opportunities.loss_reason') }} = loss_reasons.reason

)

select * from final

-- Grain: one row per content asset and sales stage at which people of an opportunity touched it (content_asset_key, sales_stage).
-- Why: people who stand on an opportunity, not everybody of its account. The stage is the one that
-- the opportunity was in at the touch; before there was an opportunity it is before_opportunity.
-- An opportunity counts once in each row, and in each asset that it touched: nothing here adds up.
with touches as (

    select * from {{ ref('fct_touch') }}
    where is_attributable

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}
    where not is_unknown

),

links as (

    select * from {{ ref('bridge_opportunity_person') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_reportable

),

states as (

    select * from {{ ref('fct_opportunity_history') }}

),

persons as (

    select * from {{ ref('dim_person') }}

),

asset_touches as (

    select
        touches.content_asset_key,
        touches.person_key,
        touches.touched_at,
        touches.touched_date,
        touches.business_function <> 'marketing' as is_shared
    from touches
    inner join content_assets
        on touches.content_asset_key = content_assets.content_asset_key

),

linked as (

    select
        asset_touches.*,
        opportunities.opportunity_key,
        opportunities.amount,
        opportunities.is_won and asset_touches.touched_date <= opportunities.close_date
            as is_before_win
    from asset_touches
    inner join links
        on asset_touches.person_key = links.person_key
    inner join opportunities
        on links.opportunity_key = opportunities.opportunity_key

),

staged as (

    select
        linked.*,
        coalesce(states.sales_stage, 'before_opportunity') as sales_stage
    from linked
    left join states
        on
            linked.opportunity_key = states.opportunity_key
            and linked.touched_at >= states.valid_from
            and (linked.touched_at < states.valid_to or states.valid_to is null)

),

-- One row per opportunity, so that its amount counts once.
per_opportunity as (

    select
        content_asset_key,
        sales_stage,
        opportunity_key,
        max(amount) as amount,
        count(*) as touch_count,
        bool_or(is_shared) as is_shared,
        bool_or(is_before_win) as is_influenced_win
    from staged
    group by
        content_asset_key,
        sales_stage,
        opportunity_key

),

readers as (

    select
        staged.content_asset_key,
        staged.sales_stage,
        count(distinct staged.person_key) as person_count,
        string_agg(
            distinct coalesce(persons.persona, 'unknown'),
            ', ' order by coalesce(persons.persona, 'unknown')
        ) as personas
    from staged
    left join persons
        on staged.person_key = persons.person_key
    group by
        staged.content_asset_key,
        staged.sales_stage

),

counted as (

    select
        content_asset_key,
        sales_stage,
        cast(sum(touch_count) as bigint) as touch_count,
        count(*) as touched,
        count(*) filter (where is_shared) as shared,
        count(*) filter (where is_influenced_win) as influenced_won_count,
        coalesce(sum(amount) filter (where is_influenced_win), 0) as influenced_won_amount
    from per_opportunity
    group by
        content_asset_key,
        sales_stage

),

final as (

    select
        counted.content_asset_key,

        content_assets.content_asset_name,
        counted.sales_stage,
        readers.personas,

        counted.touch_count,
        readers.person_count,
        counted.touched,
        counted.shared,
        counted.influenced_won_count,
        cast(counted.influenced_won_amount as decimal(18, 2)) as influenced_won_amount
    from counted
    inner join readers
        on
            counted.content_asset_key = readers.content_asset_key
            and counted.sales_stage = readers.sales_stage
    inner join content_assets
        on counted.content_asset_key = content_assets.content_asset_key

)

select * from final

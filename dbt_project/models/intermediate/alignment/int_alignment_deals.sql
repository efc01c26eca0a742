-- Grain: one row per month and aspect of what both teams had a part in (aspect, period_start).
-- Why: a deal is joint when people on it had a touch of Marketing that may earn credit, and answered
-- somebody of Sales, both before it was won. Content is shared when Sales' own touches name an asset.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_won and is_reportable and close_date <= {{ as_of_date() }}

),

people as (

    select * from {{ ref('bridge_opportunity_person') }}

),

touches as (

    select * from {{ ref('fct_touch') }}

),

activities as (

    select * from {{ ref('fct_activity') }}
    where is_human and direction = 'two_way'

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}
    where not is_unknown

),

touched_by_marketing as (

    select opportunities.opportunity_key
    from opportunities
    inner join people
        on opportunities.opportunity_key = people.opportunity_key
    inner join touches
        on
            people.person_key = touches.person_key
            and opportunities.close_date >= touches.touched_date
    where touches.business_function = 'marketing' and touches.is_attributable
    group by opportunities.opportunity_key

),

answered_to_sales as (

    select opportunities.opportunity_key
    from opportunities
    inner join activities
        on
            opportunities.opportunity_key = activities.opportunity_key
            and opportunities.close_date >= activities.occurred_date
    group by opportunities.opportunity_key

),

deals as (

    select
        {{ first_of_month('opportunities.close_date') }} as period_start,
        touched_by_marketing.opportunity_key is not null
        and answered_to_sales.opportunity_key is not null as is_joint
    from opportunities
    left join touched_by_marketing
        on opportunities.opportunity_key = touched_by_marketing.opportunity_key
    left join answered_to_sales
        on opportunities.opportunity_key = answered_to_sales.opportunity_key

),

sales_touches as (

    select
        {{ first_of_month('touches.touched_date') }} as period_start,
        content_assets.content_asset_key is not null as is_with_content
    from touches
    left join content_assets
        on touches.content_asset_key = content_assets.content_asset_key
    where
        touches.business_function in ('sales', 'sdr')
        and touches.touched_date <= {{ as_of_date() }}

),

final as (

    select
        'joint_deal_share' as aspect,

        cast(count(*) filter (where is_joint) as decimal(38, 6)) as numerator,
        cast(count(*) as decimal(38, 6)) as denominator,

        period_start
    from deals
    group by period_start
    union all
    select
        'shared_content_use' as aspect,

        cast(count(*) filter (where is_with_content) as decimal(38, 6)) as numerator,
        cast(count(*) as decimal(38, 6)) as denominator,

        period_start
    from sales_touches
    group by period_start

)

select * from final

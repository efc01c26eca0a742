-- Grain: one row per persona, funnel stage and product (persona, stage, product_key).
-- Why: every combination stands here, so that what is missing is a row with 0 and not a row that
-- nobody sees. What an asset does not say is `unknown`, and fills no gap.
with content_assets as (

    select * from {{ ref('dim_content_asset') }}
    where not is_unknown

),

persons as (

    select * from {{ ref('dim_person') }}
    where is_reportable and is_known

),

stages as (

    select * from {{ ref('dim_stage') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

touches as (

    select * from {{ ref('fct_touch') }}
    where is_attributable

),

described as (

    select
        content_assets.content_asset_key,
        coalesce(content_assets.persona, 'unknown') as persona,
        coalesce(stages.stage, 'unknown') as stage,
        coalesce(products.product_key, {{ unknown_key('product') }}) as product_key
    from content_assets
    left join stages
        on content_assets.intended_stage = stages.stage
    left join products
        on content_assets.product_key = products.product_key

),

used as (

    select content_asset_key from touches
    group by content_asset_key

),

personas as (

    select persona from persons
    where persona is not null
    union
    select persona from described

),

offered_stages as (

    select stage from stages
    where stage_group = 'funnel'
    union
    select stage from described

),

offered_products as (

    select product_key from products
    where
        is_active
        and not is_unknown
        and product_key <> {{ unallocated_key('product') }}
    union
    select product_key from described

),

counted as (

    select
        described.persona,
        described.stage,
        described.product_key,
        count(*) as asset_count,
        count(used.content_asset_key) as used_count
    from described
    left join used
        on described.content_asset_key = used.content_asset_key
    group by
        described.persona,
        described.stage,
        described.product_key

),

final as (

    select
        offered_products.product_key,

        personas.persona,
        offered_stages.stage,
        products.product_name,

        stages.stage_order,
        coalesce(counted.asset_count, 0) as asset_count,
        coalesce(counted.used_count, 0) as used_count,

        counted.asset_count is null as is_gap
    from personas
    cross join offered_stages
    cross join offered_products
    left join counted
        on
            personas.persona = counted.persona
            and offered_stages.stage = counted.stage
            and offered_products.product_key = counted.product_key
    left join stages
        on offered_stages.stage = stages.stage
    left join products
        on offered_products.product_key = products.product_key

)

select * from final

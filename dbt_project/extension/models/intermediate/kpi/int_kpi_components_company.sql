-- Grain: one row per component, day and dimensions of the company's own components (component, component_date, channel_name, team, segment, region, product_name).
-- Why: empty until a company's own models count components; then Concord writes another in its place.
with final as (

    select
        cast(null as varchar) as component,
        cast(null as varchar) as channel_name,
        cast(null as varchar) as team,
        cast(null as varchar) as segment,
        cast(null as varchar) as region,
        cast(null as varchar) as product_name,

        cast(null as decimal(38, 6)) as quantity,

        cast(null as date) as component_date
    where false

)

select * from final

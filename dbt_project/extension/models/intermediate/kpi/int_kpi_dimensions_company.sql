-- Grain: one row per component, day and member of a dimension of the company's own (component, dimension, member, component_date).
-- Why: empty until a company's own models name dimensions; then Concord writes another in its place.
with final as (

    select
        cast(null as varchar) as component,
        cast(null as varchar) as dimension,
        cast(null as varchar) as member,

        cast(null as decimal(38, 6)) as quantity,

        cast(null as date) as component_date
    where false

)

select * from final

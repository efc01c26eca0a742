-- Grain: one row per type of touches that occurs (touch_type).
-- Why: a type that funnel.yml does not list is one-way, Marketing's and attributable; a guard
-- names it.
with touches as (

    select * from {{ ref('conformed_touches') }}

),

touch_types as (

    select * from {{ ref('stg_company__touch_types') }}

),

occurring as (

    select
        touch_type,
        count(*) as touch_count
    from touches
    group by touch_type

),

final as (

    select
        occurring.touch_type,
        coalesce(touch_types.direction, 'one_way') as direction,
        coalesce(touch_types.business_function, 'marketing') as business_function,

        occurring.touch_count,

        coalesce(touch_types.is_attributable, true) as is_attributable,
        touch_types.touch_type is not null as is_mapped
    from occurring
    left join touch_types
        on occurring.touch_type = {{ normalised('touch_types.touch_type') }}

)

select * from final

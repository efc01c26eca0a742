-- Grain: one row per hand-off of a company that scores its leads (handoff_key).
-- Why: points of all rules that hold add up, between 0 and the cap.
with attributes as (

    select * from {{ ref('int_handoff_attributes') }}

),

rules as (

    select * from {{ ref('stg_company__fit_rules') }}

),

caps as (

    select * from {{ ref('stg_company__score_caps') }}

),

-- A listed value holds no comma, so one that does is none of the list.
asked as (

    select
        attributes.handoff_key,
        rules.points,
        coalesce(case rules.operator_name
            when 'is_present'
                then (attributes.field_value is not null) = (rules.field_value = 'true')
            when 'equals' then attributes.field_value = {{ normalised('rules.field_value') }}
            when 'in'
                then
                    position(',' in attributes.field_value) = 0
                    and position(
                        concat(',', attributes.field_value, ',')
                        in concat(',', rules.field_value, ',')
                    ) > 0
            when 'at_least' then attributes.value_number >= rules.value_number
        end, false) as is_met
    from attributes
    left join rules
        on attributes.field_name = rules.field_name

),

summed as (

    select
        handoff_key,
        coalesce(sum(points) filter (where is_met), 0) as points
    from asked
    group by handoff_key

),

final as (

    select
        summed.handoff_key,

        cast(
            least(greatest(summed.points, 0), caps.fit_cap) as decimal(18, 6)
        ) as fit_score
    from summed
    cross join caps

)

select * from final

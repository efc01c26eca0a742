-- Grain: one row per lead, with or without its account, of a company that scores its leads (lead_key, is_account_known).
-- Why: points of all rules that hold add up, between 0 and the cap.
with attributes as (

    select * from {{ ref('int_score_attributes') }}

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
        attributes.lead_key,
        attributes.is_account_known,
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
        lead_key,
        is_account_known,
        coalesce(sum(points) filter (where is_met), 0) as points
    from asked
    group by
        lead_key,
        is_account_known

),

final as (

    select
        summed.lead_key,

        summed.is_account_known,

        cast(
            least(greatest(summed.points, 0), caps.fit_cap) as decimal(18, 6)
        ) as fit_score
    from summed
    cross join caps

)

select * from final

-- Grain: one row per conversion with a touch (conversion_number).
-- Why: what models with shares for key touches give each of these, and all others. A touch that is more
-- than one has all their shares; the others divide the middle's. A share that no touch takes is
-- missing in the sum, and so goes to the rest in proportion. Whole cents and millionths by largest
-- remainder, ties to the earlier touch: ranks follow from counting, so that nothing is sorted.
{%- set key_models = ['position_based', 'u_shaped', 'w_shaped', 'full_path', 'custom'] %}
{%- set units = ['cents', 'millionths'] %}
{%- set places = ['first', 'lead', 'opportunity', 'last'] %}
with milestones as (

    select * from {{ ref('int_conversion_milestones') }}
    where touch_count > 0

),

models as (

    select * from {{ ref('stg_company__attribution_models') }}

),

declared as (

    select
        conversion_type
        {%- for model in key_models %}
        {%- for place in places + ['middle'] %}
        ,
        max(case when model = '{{ model }}' then {{ place }}_weight end)
            as {{ model }}_{{ place }}_weight
        {%- endfor %}
        {%- endfor %}
    from models
    group by conversion_type

),

weighed as (

    select
        milestones.conversion_number,
        milestones.journey_number,
        milestones.cents,
        milestones.millionths,
        milestones.touch_count,
        cast(1 as bigint) as own_first_number,
        milestones.own_lead_number,
        milestones.own_opportunity_number,
        milestones.own_last_number
        {%- for model in key_models %}
        ,
        declared.{{ model }}_middle_weight,
        declared.{{ model }}_first_weight
        + case when milestones.lead_number = 1 then declared.{{ model }}_lead_weight else 0 end
        + case
            when milestones.opportunity_number = 1 then declared.{{ model }}_opportunity_weight
            else 0
        end
        + case when milestones.touch_count = 1 then declared.{{ model }}_last_weight else 0 end
            as {{ model }}_first_weight,
        case
            when milestones.own_lead_number is null then 0
            else
                declared.{{ model }}_lead_weight
                + case
                    when milestones.opportunity_number = milestones.own_lead_number
                        then declared.{{ model }}_opportunity_weight
                    else 0
                end
                + case
                    when milestones.touch_count = milestones.own_lead_number
                        then declared.{{ model }}_last_weight
                    else 0
                end
        end as {{ model }}_lead_weight,
        case
            when milestones.own_opportunity_number is null then 0
            else
                declared.{{ model }}_opportunity_weight
                + case
                    when milestones.touch_count = milestones.own_opportunity_number
                        then declared.{{ model }}_last_weight
                    else 0
                end
        end as {{ model }}_opportunity_weight,
        case when milestones.own_last_number is null then 0 else declared.{{ model }}_last_weight end
            as {{ model }}_last_weight
        {%- endfor %}
    from milestones
    inner join declared
        on milestones.conversion_type = declared.conversion_type

),

counted as (

    select
        *
        {%- for model in key_models %}
        ,
        touch_count
        {%- for place in places %}
        - case when {{ model }}_{{ place }}_weight > 0 then 1 else 0 end
        {%- endfor %}
            as {{ model }}_middles
        {%- endfor %}
    from weighed

),

-- In whole numbers: key touches weigh their share times the middles, each of which weighs the
-- middle's share once.
scaled as (

    select
        conversion_number,
        journey_number,
        cents,
        millionths,
        own_first_number,
        own_lead_number,
        own_opportunity_number,
        own_last_number
        {%- for model in key_models %}
        ,
        {{ model }}_middles,
        case when {{ model }}_middles > 0 then {{ model }}_middle_weight else 0 end
            as {{ model }}_middle_weight
        {%- for place in places %}
        ,
        {{ model }}_{{ place }}_weight
        * case
            when {{ model }}_middle_weight > 0 and {{ model }}_middles > 0 then {{ model }}_middles
            else 1
        end
            as {{ model }}_{{ place }}_weight
        {%- endfor %}
        {%- endfor %}
    from counted

),

totalled as (

    select
        *
        {%- for model in key_models %}
        ,
        nullif(
            {{ model }}_middles * {{ model }}_middle_weight
            {%- for place in places %}
            + {{ model }}_{{ place }}_weight
            {%- endfor %},
            0
        ) as {{ model }}_total
        {%- endfor %}
    from scaled

),

divided as (

    select
        *
        {%- for model in key_models %}
        {%- for unit in units %}
        {%- for place in places + ['middle'] %}
        ,
        {{ whole_quotient(unit ~ ' * ' ~ model ~ '_' ~ place ~ '_weight', model ~ '_total') }}
            as {{ model }}_{{ place }}_{{ unit }},
        mod({{ unit }} * {{ model }}_{{ place }}_weight, {{ model }}_total)
            as {{ model }}_{{ place }}_{{ unit }}_rest
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
    from totalled

),

left_over as (

    select
        *
        {%- for model in key_models %}
        {%- for unit in units %}
        ,
        {{ unit }}
        {%- for place in places %}
        - {{ model }}_{{ place }}_{{ unit }}
        {%- endfor %}
        - {{ model }}_middles * {{ model }}_middle_{{ unit }} as {{ model }}_{{ unit }}_left
        {%- endfor %}
        {%- endfor %}
    from divided

),

-- How many touches come before each key touch when the rest is handed out: key touches with a larger
-- rest or an earlier place, and all middles with a larger rest, or those before it.
ranked as (

    select
        *
        {%- for model in key_models %}
        {%- for unit in units %}
        {%- for place in places %}
        ,
        0
        {%- for other in places if other != place %}
        + case
            when
                {{ model }}_{{ other }}_weight > 0
                and (
                    {{ model }}_{{ other }}_{{ unit }}_rest > {{ model }}_{{ place }}_{{ unit }}_rest
                    or (
                        {{ model }}_{{ other }}_{{ unit }}_rest = {{ model }}_{{ place }}_{{ unit }}_rest
                        and own_{{ other }}_number < own_{{ place }}_number
                    )
                )
                then 1
            else 0
        end
        {%- endfor %}
        + case
            when {{ model }}_middle_{{ unit }}_rest > {{ model }}_{{ place }}_{{ unit }}_rest
                then {{ model }}_middles
            when {{ model }}_middle_{{ unit }}_rest = {{ model }}_{{ place }}_{{ unit }}_rest
                then
                    own_{{ place }}_number - 1
                    {%- for other in places if other != place %}
                    - case
                        when
                            {{ model }}_{{ other }}_weight > 0
                            and own_{{ other }}_number < own_{{ place }}_number
                            then 1
                        else 0
                    end
                    {%- endfor %}
            else 0
        end as {{ model }}_{{ place }}_{{ unit }}_before
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
    from left_over

),

shared as (

    select
        *
        {%- for model in key_models %}
        {%- for unit in units %}
        {%- for place in places %}
        ,
        case
            when
                {{ model }}_{{ place }}_weight > 0
                and {{ model }}_{{ place }}_{{ unit }}_before < {{ model }}_{{ unit }}_left
                then 1
            else 0
        end as {{ model }}_{{ place }}_{{ unit }}_more
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
    from ranked

),

final as (

    select
        conversion_number,
        journey_number,
        own_first_number,
        own_lead_number,
        own_opportunity_number,
        own_last_number
        {%- for model in key_models %}
        {%- for place in places + ['middle'] %}
        ,
        cast({{ model }}_{{ place }}_weight * 1e0 / {{ model }}_total as decimal(18, 12))
            as {{ model }}_{{ place }}_share
        {%- endfor %}
        {%- for unit in units %}
        {%- for place in places %}
        ,
        {{ model }}_{{ place }}_{{ unit }} + {{ model }}_{{ place }}_{{ unit }}_more
            as {{ model }}_{{ place }}_{{ unit }}
        {%- endfor %}
        ,
        {{ model }}_middle_{{ unit }},
        {{ model }}_{{ unit }}_left
        {%- for place in places %}
        - {{ model }}_{{ place }}_{{ unit }}_more
        {%- endfor %}
            as {{ model }}_middle_{{ unit }}_left
        {%- endfor %}
        {%- endfor %}
    from shared

)

select * from final

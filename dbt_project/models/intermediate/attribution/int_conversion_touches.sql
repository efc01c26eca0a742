-- Grain: one row per conversion and touch of its journey (conversion_key, touch_number).
-- Why: what each model gives a touch, side by side: the long form, a row per model, says the rest
-- twelve times. Touch 0 stands for none: it has what a model gives to no touch.
{%- set key_models = ['position_based', 'u_shaped', 'w_shaped', 'full_path', 'custom'] %}
{%- set units = ['cents', 'millionths'] %}
{%- set places = ['first', 'lead', 'opportunity', 'last'] %}
{%- set of_one_touch = ['first', 'last', 'last_non_direct', 'lead_creation', 'opportunity_creation'] %}
with milestones as (

    select * from {{ ref('int_conversion_milestones') }}

),

key_shares as (

    select * from {{ ref('int_conversion_key_shares') }}

),

decay as (

    select * from {{ ref('int_conversion_decay') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

models as (

    select * from {{ ref('stg_company__attribution_models') }}

),

-- Which models suit which conversions.
suited as (

    select
        conversion_type
        {%- for model in of_one_touch + ['linear', 'time_decay'] + key_models %}
        ,
        max(case when model = '{{ model }}' then 1 else 0 end) as has_{{ model }}
        {%- endfor %}
    from models
    group by conversion_type

),

placed as (

    select
        milestones.conversion_key,
        milestones.conversion_type,
        milestones.booking_type,
        milestones.conversion_number,
        milestones.conversion_amount,
        milestones.cents,
        milestones.touch_count,
        milestones.converted_date,
        milestones.converted_at,
        journey_touches.touch_number,
        journey_touches.touch_key,
        journey_touches.channel_key,
        journey_touches.campaign_key,
        journey_touches.touched_date,
        suited.has_first = 1 and journey_touches.touch_number = 1 as is_first,
        suited.has_last = 1 and journey_touches.touch_number = milestones.touch_count as is_last,
        suited.has_last_non_direct = 1
        and journey_touches.touch_number = milestones.last_non_direct_number
            as is_last_non_direct,
        suited.has_lead_creation = 1
        and coalesce(journey_touches.touch_number = milestones.lead_number, false)
            as is_lead_creation,
        suited.has_opportunity_creation = 1
        and coalesce(journey_touches.touch_number = milestones.opportunity_number, false)
            as is_opportunity_creation
        {%- for model in key_models %}
        ,
        case
            {%- for place in places %}
            when
                journey_touches.touch_number = key_shares.own_{{ place }}_number
                and key_shares.{{ model }}_{{ place }}_share > 0
                then '{{ place }}'
            {%- endfor %}
            else 'middle'
        end as {{ model }}_place,
        -- Which of the middles it is, counted from one.
        journey_touches.touch_number
        {%- for place in places %}
        - case
            when
                journey_touches.touch_number > key_shares.own_{{ place }}_number
                and key_shares.{{ model }}_{{ place }}_share > 0
                then 1
            else 0
        end
        {%- endfor %}
            as {{ model }}_middle_number
        {%- for place in places + ['middle'] %}
        ,
        key_shares.{{ model }}_{{ place }}_share
        {%- for unit in units %}
        ,
        key_shares.{{ model }}_{{ place }}_{{ unit }}
        {%- endfor %}
        {%- endfor %}
        {%- for unit in units %}
        ,
        key_shares.{{ model }}_middle_{{ unit }}_left
        {%- endfor %}
        {%- endfor %}
    from journey_touches
    inner join milestones
        on journey_touches.journey_number = milestones.journey_number
    inner join suited
        on milestones.conversion_type = suited.conversion_type
    inner join key_shares
        on milestones.conversion_number = key_shares.conversion_number

),

credited as (

    select
        placed.conversion_key,
        placed.touch_key,
        placed.channel_key,
        placed.campaign_key,
        placed.conversion_type,
        placed.booking_type,
        placed.touch_number,
        placed.conversion_amount,
        placed.cents,
        placed.is_first,
        placed.is_last,
        placed.is_last_non_direct,
        placed.is_lead_creation,
        placed.is_opportunity_creation,
        placed.touched_date,
        placed.converted_date,
        placed.converted_at,
        cast(1e0 / placed.touch_count as decimal(18, 12)) as linear_share,
        {{ whole_quotient('placed.cents', 'placed.touch_count') }}
        + case when placed.touch_number <= mod(placed.cents, placed.touch_count) then 1 else 0 end
            as linear_cents,
        {{ whole_quotient('cast(1000000 as bigint)', 'placed.touch_count') }}
        + case when placed.touch_number <= mod(1000000, placed.touch_count) then 1 else 0 end
            as linear_millionths,
        decay.time_decay_share,
        decay.time_decay_cents,
        decay.time_decay_millionths
        {%- for model in key_models %}
        ,
        case placed.{{ model }}_place
            {%- for place in places %}
            when '{{ place }}' then placed.{{ model }}_{{ place }}_share
            {%- endfor %}
            else placed.{{ model }}_middle_share
        end as {{ model }}_share
        {%- for unit in units %}
        ,
        case placed.{{ model }}_place
            {%- for place in places %}
            when '{{ place }}' then placed.{{ model }}_{{ place }}_{{ unit }}
            {%- endfor %}
            else
                placed.{{ model }}_middle_{{ unit }}
                + case
                    when placed.{{ model }}_middle_number <= placed.{{ model }}_middle_{{ unit }}_left
                        then 1
                    else 0
                end
        end as {{ model }}_{{ unit }}
        {%- endfor %}
        {%- endfor %}
    from placed
    inner join decay
        on
            placed.conversion_number = decay.conversion_number
            and placed.touch_number = decay.touch_number

),

-- What models give to no touch: all of them where a journey has none, else those that lack theirs.
unattributed as (

    select
        milestones.conversion_key,
        cast(null as varchar) as touch_key,
        {{ surrogate_key(["'unattributed'"]) }} as channel_key,
        {{ unknown_key('campaign') }} as campaign_key,
        milestones.conversion_type,
        milestones.booking_type,
        0 as touch_number,
        milestones.conversion_amount,
        milestones.cents,
        suited.has_first = 1 and milestones.touch_count = 0 as is_first,
        suited.has_last = 1 and milestones.touch_count = 0 as is_last,
        suited.has_last_non_direct = 1 and milestones.touch_count = 0 as is_last_non_direct,
        suited.has_lead_creation = 1 and milestones.lead_number is null as is_lead_creation,
        suited.has_opportunity_creation = 1 and milestones.opportunity_number is null
            as is_opportunity_creation,
        cast(null as date) as touched_date,
        milestones.converted_date,
        milestones.converted_at
        {%- for model in ['linear', 'time_decay'] %}
        ,
        cast(case when milestones.touch_count = 0 then 1 end as decimal(18, 12)) as {{ model }}_share,
        milestones.cents as {{ model }}_cents,
        1000000 as {{ model }}_millionths
        {%- endfor %}
        {%- for model in key_models %}
        ,
        cast(
            case
                when suited.has_{{ model }} = 1 and key_shares.{{ model }}_first_share is null then 1
            end as decimal(18, 12)
        ) as {{ model }}_share,
        milestones.cents as {{ model }}_cents,
        1000000 as {{ model }}_millionths
        {%- endfor %}
    from milestones
    inner join suited
        on milestones.conversion_type = suited.conversion_type
    left join key_shares
        on milestones.conversion_number = key_shares.conversion_number

),

final as (

    select * from credited
    union all
    select * from unattributed
    where
        is_first
        or is_last
        or is_last_non_direct
        or is_lead_creation
        or is_opportunity_creation
        or linear_share > 0
        or time_decay_share > 0
        {%- for model in key_models %}
        or {{ model }}_share > 0
        {%- endfor %}

)

select * from final

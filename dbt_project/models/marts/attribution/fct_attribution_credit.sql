-- Grain: one row per conversion, model and touch that earns credit (conversion_key, model, touch_number).
-- Why: what int_conversion_touches has side by side, as a row per model; one without a touch where none
-- earns credit. Credits sum to the amount and to one. A negative amount is shared like a positive one.
{%- set of_one_touch = ['first', 'last', 'last_non_direct', 'lead_creation', 'opportunity_creation'] %}
{%- set of_many = [
    'linear', 'time_decay', 'position_based', 'u_shaped', 'w_shaped', 'full_path', 'custom'
] %}
with conversion_touches as (

    select * from {{ ref('int_conversion_touches') }}

),

modelled as (

    {%- for model in of_one_touch + of_many %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select
        conversion_key,
        touch_key,
        channel_key,
        campaign_key,
        conversion_type,
        booking_type,
        '{{ model }}' as model,
        touch_number,
        conversion_amount,
        {%- if model in of_one_touch %}
        cast(1 as decimal(18, 12)) as weight,
        cents as credited_cents,
        1000000 as credited_millionths,
        {%- else %}
        {{ model }}_share as weight,
        {{ model }}_cents as credited_cents,
        {{ model }}_millionths as credited_millionths,
        {%- endif %}
        touched_date,
        converted_date,
        converted_at
    from conversion_touches
    where {% if model in of_one_touch %}is_{{ model }}{% else %}{{ model }}_share > 0{% endif %}
    {%- endfor %}

),

final as (

    select
        conversion_key,
        touch_key,
        channel_key,
        campaign_key,

        conversion_type,
        booking_type,
        model,

        cast(touch_number as bigint) as touch_number,
        conversion_amount,
        weight,
        cast(
            case when conversion_amount < 0 then -1 else 1 end
            * cast(credited_cents as decimal(18, 0)) / 100 as decimal(18, 2)
        ) as credited_amount,
        cast(cast(credited_millionths as decimal(18, 0)) / 1000000 as decimal(9, 6))
            as credited_conversions,

        touched_date,
        converted_date,

        converted_at
    from modelled

)

select * from final

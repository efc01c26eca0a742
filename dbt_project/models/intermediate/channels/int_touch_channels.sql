-- Grain: one row per combination of the fields that decide a touch's channel (channel_fields_key).
with channel_inputs as (

    select * from {{ ref('int_channel_inputs') }}

),

channel_matches as (

    select * from {{ ref('int_channel_matches') }}

),

final as (

    select
        channel_inputs.record_key as channel_fields_key,
        channel_matches.channel_key,

        channel_matches.channel_name,
        channel_matches.channel_group
    from channel_inputs
    inner join channel_matches
        on channel_inputs.channel_input_key = channel_matches.channel_input_key
    where channel_inputs.entity = 'touch'

)

select * from final

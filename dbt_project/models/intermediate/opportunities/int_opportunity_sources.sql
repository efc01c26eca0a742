-- Grain: one row per opportunity (opportunity_key).
-- Why: three answers to whose opportunity it was, because each of them is somebody's only one: its
-- channel, the first touch of its people, and their last touch before it was created. Whom
-- Marketing touched at all before that is no fourth answer: it may be everybody's.
with channels as (

    select * from {{ ref('dim_channel') }}

),

opportunity_channels as (

    select * from {{ ref('int_opportunity_channels') }}

),

dated as (

    select * from {{ ref('int_opportunities_dated') }}

),

people as (

    select * from {{ ref('bridge_opportunity_person') }}

),

touches as (

    select * from {{ ref('fct_touch') }}
    where is_attributable

),

-- Without the moment of its creation, the touches of that day are taken as earlier.
touched as (

    select
        dated.opportunity_key,
        touches.touch_key,
        touches.business_function,
        touches.touched_at
    from dated
    inner join people
        on dated.opportunity_key = people.opportunity_key
    inner join touches
        on
            people.person_key = touches.person_key
            and dated.created_date >= touches.touched_date
    where coalesce(touches.touched_at <= dated.created_at, true)

),

first_touches as (

    select
        opportunity_key,
        business_function
    from touched
    qualify row_number() over (
        partition by opportunity_key
        order by touched_at, touch_key
    ) = 1

),

influenced as (

    select distinct opportunity_key
    from touched
    where business_function = 'marketing'

),

presales_touches as (

    select
        opportunity_key,
        business_function
    from touched
    qualify row_number() over (
        partition by opportunity_key
        order by touched_at desc, touch_key desc
    ) = 1

),

final as (

    select
        dated.opportunity_key,

        coalesce(channels.business_function, 'not_recorded') as sourced_by_field,
        coalesce(first_touches.business_function, 'not_recorded') as sourced_by_first_touch,
        coalesce(presales_touches.business_function, 'not_recorded')
            as sourced_by_presales_touch,
        influenced.opportunity_key is not null as is_marketing_influenced
    from dated
    left join opportunity_channels
        on dated.opportunity_key = opportunity_channels.opportunity_key
    left join channels
        on
            opportunity_channels.channel_key = channels.channel_key
            and not channels.is_bucket
    left join first_touches
        on dated.opportunity_key = first_touches.opportunity_key
    left join presales_touches
        on dated.opportunity_key = presales_touches.opportunity_key
    left join influenced
        on dated.opportunity_key = influenced.opportunity_key

)

select * from final

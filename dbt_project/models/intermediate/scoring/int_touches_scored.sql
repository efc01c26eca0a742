-- Grain: one row per touch that an engagement rule gives points for, of a person who is scored (touch_key).
-- Why: what a browser did counts from the moment it told who used it: before that nobody knew.
-- Machines and people who did not consent are not scored.
with moments as (

    select * from {{ ref('int_score_moments') }}

),

touches as (

    select * from {{ ref('fct_touch') }}
    where coalesce(no_credit_reason, 'none') not in ('bot', 'no_consent')

),

delivered as (

    select * from {{ ref('conformed_touches') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}

),

rules as (

    select * from {{ ref('stg_company__engagement_rules') }}

),

scored_persons as (

    select distinct person_key from moments

),

told as (

    select
        source_system,
        source_instance,
        anonymous_id,
        min(touched_at) as told_at
    from delivered
    where anonymous_id is not null and known_person_key is not null
    group by
        source_system,
        source_instance,
        anonymous_id

),

candidates as (

    select
        touches.touch_key,
        touches.person_key,
        touches.touch_type,
        touches.channel_key,
        touches.content_asset_key,
        touches.is_identified,
        touches.touched_at
    from touches
    inner join scored_persons
        on touches.person_key = scored_persons.person_key

),

-- Rules are asked once for each kind of touch, not for each touch.
kinds as (

    select distinct
        touch_type,
        channel_key,
        content_asset_key
    from candidates

),

ruled as (

    select
        kinds.touch_type,
        kinds.channel_key,
        kinds.content_asset_key,
        rules.engagement_rule,
        rules.points,
        rules.half_life_days
    from kinds
    left join channels
        on kinds.channel_key = channels.channel_key
    left join content_assets
        on kinds.content_asset_key = content_assets.content_asset_key
    inner join rules
        on
            coalesce(
                {{ normalised('kinds.touch_type') }} = rules.touch_type, rules.touch_type is null
            )
            and coalesce(
                channels.channel_name = rules.channel_name, rules.channel_name is null
            )
            and coalesce(
                {{ normalised('content_assets.asset_type') }} = rules.content_type,
                rules.content_type is null
            )
    qualify row_number() over (
        partition by kinds.touch_type, kinds.channel_key, kinds.content_asset_key
        order by rules.rule_order
    ) = 1

),

final as (

    select
        candidates.touch_key,
        candidates.person_key,

        ruled.engagement_rule,

        ruled.points,
        ruled.half_life_days,

        candidates.touched_at,
        case
            when candidates.is_identified then candidates.touched_at
            else greatest(candidates.touched_at, coalesce(told.told_at, candidates.touched_at))
        end as known_at
    from candidates
    inner join ruled
        on
            candidates.touch_type = ruled.touch_type
            and candidates.channel_key = ruled.channel_key
            and candidates.content_asset_key = ruled.content_asset_key
    left join delivered
        on candidates.touch_key = delivered.touch_key
    left join told
        on
            delivered.source_system = told.source_system
            and delivered.source_instance = told.source_instance
            and delivered.anonymous_id = told.anonymous_id

)

select * from final

-- Grain: one row per touch (touch_key).
-- Why: joins what one intermediate model each has decided, hence the number of refs; texts stay
-- behind. What earns no credit says why: a machine, no consent, an excluded person, its type.
with touches as (

    select * from {{ ref('conformed_touches') }}

),

anonymous_persons as (

    select * from {{ ref('int_anonymous_persons') }}

),

known_persons as (

    select * from {{ ref('dim_person') }}
    where is_known

),

accounts as (

    select * from {{ ref('dim_account') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}

),

channels as (

    select * from {{ ref('int_touch_channels') }}

),

touch_types as (

    select * from {{ ref('int_touch_types_mapped') }}

),

user_agents as (

    select * from {{ ref('int_user_agents_judged') }}

),

machine_clicks as (

    select * from {{ ref('int_machine_clicks') }}

),

machine_addresses as (

    select * from {{ ref('int_machine_addresses') }}

),

resolved as (

    select
        touches.touch_key,
        coalesce(
            touches.known_person_key,
            anonymous_persons.person_key,
            {{ unknown_key('person') }}
        ) as person_key,
        touches.account_key,
        touches.campaign_key,
        touches.content_asset_key,
        touches.channel_fields_key,
        touches.session_key,

        touches.source_system,
        touches.source_instance,
        touches.source_id,
        touches.touch_type,
        touches.user_agent,

        touches.has_consent,
        touches.known_person_key is not null as is_identified,

        touches.touched_date,

        touches.touched_at
    from touches
    left join anonymous_persons
        on
            touches.source_system = anonymous_persons.source_system
            and touches.source_instance = anonymous_persons.source_instance
            and touches.anonymous_id = anonymous_persons.anonymous_id

),

judged as (

    select
        resolved.*,
        accounts.account_key as named_account_key,
        known_persons.account_key as person_account_key,
        campaigns.campaign_key as named_campaign_key,
        content_assets.content_asset_key as named_content_asset_key,
        channels.channel_key,
        touch_types.direction,
        touch_types.business_function,
        case
            when user_agents.is_bot then 'bot'
            when machine_addresses.touch_key is not null then 'bot'
            when machine_clicks.machine_reason is not null then 'bot'
            when not resolved.has_consent then 'no_consent'
            when not known_persons.is_reportable then 'person'
            when not touch_types.is_attributable then 'touch_type'
        end as no_credit_reason,
        case
            when user_agents.is_bot then 'user_agent'
            when machine_addresses.touch_key is not null then 'listed_address'
            else machine_clicks.machine_reason
        end as bot_reason
    from resolved
    left join known_persons
        on resolved.person_key = known_persons.person_key
    left join accounts
        on resolved.account_key = accounts.account_key
    left join campaigns
        on resolved.campaign_key = campaigns.campaign_key
    left join content_assets
        on resolved.content_asset_key = content_assets.content_asset_key
    left join channels
        on resolved.channel_fields_key = channels.channel_fields_key
    left join touch_types
        on resolved.touch_type = touch_types.touch_type
    left join user_agents
        on resolved.user_agent = user_agents.user_agent
    left join machine_clicks
        on resolved.touch_key = machine_clicks.touch_key
    left join machine_addresses
        on resolved.touch_key = machine_addresses.touch_key

),

final as (

    select
        touch_key,

        person_key,
        coalesce(named_account_key, person_account_key, {{ unknown_key('account') }})
            as account_key,
        coalesce(channel_key, {{ surrogate_key(["'not_recorded'"]) }}) as channel_key,
        coalesce(named_campaign_key, {{ unknown_key('campaign') }}) as campaign_key,
        coalesce(named_content_asset_key, {{ unknown_key('content_asset') }})
            as content_asset_key,
        session_key,

        source_system,
        source_instance,
        source_id,
        touch_type,
        business_function,
        direction,
        no_credit_reason,
        bot_reason,

        is_identified,
        no_credit_reason is null as is_attributable,

        touched_date,

        touched_at
    from judged

)

select * from final

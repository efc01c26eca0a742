-- Grain: one row per reason of a rejection or a loss (reason_key).
-- Why: the company's list, compared lower case; a reason that occurs but is not listed is kept,
-- in the group `unlisted`. `not_recorded` stands for a return without a reason.
with reasons as (

    select * from {{ ref('stg_company__reasons') }}

),

opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

lead_stage_events as (

    select * from {{ ref('int_lead_stage_events') }}
    where event_type = 'returned' and reason is not null

),

unioned as (

    select
        reason_type,
        {{ normalised('reason') }} as reason,
        reason_label as reason_name,
        reason_group,
        true as is_listed
    from reasons
    union all
    select
        'loss' as reason_type,
        {{ normalised('loss_reason') }} as reason,
        min(trim(loss_reason)) as reason_name,
        'unlisted' as reason_group,
        false as is_listed
    from opportunities
    where {{ normalised('loss_reason') }} is not null
    group by {{ normalised('loss_reason') }}
    union all
    select
        'rejection' as reason_type,
        {{ normalised('rejection_reason') }} as reason,
        min(trim(rejection_reason)) as reason_name,
        'unlisted' as reason_group,
        false as is_listed
    from leads
    where {{ normalised('rejection_reason') }} is not null
    group by {{ normalised('rejection_reason') }}
    union all
    select
        'rejection' as reason_type,
        reason,
        reason as reason_name,
        'unlisted' as reason_group,
        false as is_listed
    from lead_stage_events
    group by reason

),

final as (

    select
        {{ surrogate_key(['reason_type', 'reason']) }} as reason_key,

        reason_type,
        reason,
        reason_name,
        reason_group,

        is_listed
    from unioned
    qualify row_number() over (
        partition by reason_type, reason
        order by is_listed desc, reason_name asc
    ) = 1
    union all
    select
        {{ unknown_key('reason') }} as reason_key,

        'rejection' as reason_type,
        'not_recorded' as reason,
        'Not recorded' as reason_name,
        'not_recorded' as reason_group,

        false as is_listed

)

select * from final

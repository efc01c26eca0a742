-- Grain: one row per reason of a rejection or a loss (reason_key).
-- Why: the company's list, compared lower case; a reason that occurs but is not listed is kept,
-- in the group `unlisted`.
with reasons as (

    select * from {{ ref('stg_company__reasons') }}

),

opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

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
        order by is_listed desc
    ) = 1

)

select * from final

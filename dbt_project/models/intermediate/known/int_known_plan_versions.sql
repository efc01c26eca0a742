-- Grain: one row per version of a pay plan that was approved by the as-of date (plan, plan_version).
-- Why: a version that nobody had approved pays nothing yet, and ends none: the one before goes on.
with versions as (

    select * from {{ ref('stg_company__plan_versions') }}

),

approved as (

    select * from versions
    where approved_date <= {{ as_of_date() }}

),

-- How far versions reach that were approved later and follow one another.
followed as (

    select
        plan,
        max(coalesce(valid_to, date '9999-12-31')) as valid_to
    from versions
    where approved_date > {{ as_of_date() }}
    group by plan

),

succeeded as (

    select
        approved.plan,
        approved.plan_version,
        approved.valid_from,
        approved.valid_to,
        min(next_approved.valid_from) as next_valid_from,
        max(case when next_versions.approved_date > {{ as_of_date() }} then 1 else 0 end) = 1
            as is_next_unknown
    from approved
    left join approved as next_approved
        on
            approved.plan = next_approved.plan
            and approved.valid_from < next_approved.valid_from
    left join versions as next_versions
        on
            approved.plan = next_versions.plan
            and approved.valid_to = next_versions.valid_from
    group by
        approved.plan,
        approved.plan_version,
        approved.valid_from,
        approved.valid_to

),

final as (

    select
        succeeded.plan,

        succeeded.plan_version,

        succeeded.valid_from,
        case
            when not succeeded.is_next_unknown then succeeded.valid_to
            when succeeded.next_valid_from is not null then succeeded.next_valid_from
            else nullif(followed.valid_to, date '9999-12-31')
        end as valid_to
    from succeeded
    left join followed
        on succeeded.plan = followed.plan

)

select * from final

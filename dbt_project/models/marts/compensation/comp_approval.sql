-- Grain: one row per version of a plan or override, as approved or not (approval_key).
-- Why: who wrote a version of a plan, and that somebody else approved it, is known where the
-- company folder has a history; all else is taken from the rows themselves and not verified.
with versions as (

    select * from {{ ref('stg_company__plan_versions') }}

),

overrides as (

    select * from {{ ref('comp_override') }}

),

final as (

    select
        {{ surrogate_key(["'plan_version'", 'plan', 'plan_version']) }} as approval_key,

        'plan_version' as object_type,
        concat(plan, ' ', cast(plan_version as varchar)) as object_name,
        case when author is not null then {{ payee_key(employee_key('author')) }} end as author,
        {{ payee_key(employee_key('approved_by')) }} as approver,

        true as is_approved,
        approval_is_verified as is_verified,

        approved_date
    from versions
    union all
    select
        {{ surrogate_key(["'override'", 'override_key']) }} as approval_key,
        'override' as object_type,
        source_id as object_name,
        author,
        approver,
        status in ('approved', 'expired') as is_approved,
        false as is_verified,
        cast(null as date) as approved_date
    from overrides

)

select * from final

-- Grain: one row per quota of an employee (quota_key).
-- Why: a quota of the company folder replaces what a source delivers for the same days.
with company_quotas as (

    select * from {{ ref('stg_company__quotas') }}

),

source_quotas as (

    select * from {{ ref('stg_file_drop__quotas') }}

),

spelled as (

    select
        'company' as source_system,
        'quotas' as source_instance,
        concat_ws('-', employee_id, measure, cast(valid_from as varchar)) as source_id,
        employee_id,
        measure,
        currency_code,
        reason,
        quota_amount,
        valid_from,
        valid_to,
        cast(null as timestamp) as created_at
    from company_quotas
    union all
    select
        source_system,
        source_instance,
        quota_id as source_id,
        employee_id,
        replace(replace({{ normalised('measure') }}, '-', '_'), ' ', '_') as measure,
        currency_code,
        cast(null as varchar) as reason,
        quota_amount,
        valid_from,
        valid_to,
        created_at
    from source_quotas

),

replaced as (

    select
        spelled.source_system,
        spelled.source_instance,
        spelled.source_id
    from spelled
    inner join company_quotas
        on
            spelled.employee_id = company_quotas.employee_id
            and spelled.measure = company_quotas.measure
            and spelled.valid_from < company_quotas.valid_to
            and spelled.valid_to > company_quotas.valid_from
    where spelled.source_system <> 'company'
    group by
        spelled.source_system,
        spelled.source_instance,
        spelled.source_id

),

final as (

    select
        {{ surrogate_key([
            'spelled.source_system', 'spelled.source_instance', 'spelled.source_id'
        ]) }} as quota_key,
        {{ employee_key('spelled.employee_id') }} as employee_key,

        spelled.source_system,
        spelled.source_instance,
        spelled.source_id,
        spelled.measure,
        spelled.currency_code,
        spelled.reason,

        spelled.quota_amount as quota_amount_local,

        spelled.valid_from,
        spelled.valid_to,

        spelled.created_at
    from spelled
    left join replaced
        on
            spelled.source_system = replaced.source_system
            and spelled.source_instance = replaced.source_instance
            and spelled.source_id = replaced.source_id
    where replaced.source_id is null

)

select * from final

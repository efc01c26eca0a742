-- Grain: one row per campaign of a source (campaign_key).
with campaigns as (

    select * from {{ ref('stg_file_drop__campaigns') }}

),

final as (

    select
        {{ surrogate_key([
            'source_system', 'source_instance', 'campaign_id'
        ]) }} as campaign_key,
        {{ employee_key('owner_employee_id') }} as owner_employee_key,

        source_system,
        source_instance,
        campaign_id as source_id,
        coalesce(campaign_name, campaign_id) as campaign_name,
        campaign_group,
        campaign_type,
        source_field,
        objective,
        reach,
        currency_code,
        attributes,

        budget_amount as budget_amount_local,

        not is_deleted as is_reportable,

        start_date,
        end_date
    from campaigns

)

select * from final

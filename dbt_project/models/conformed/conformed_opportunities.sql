-- Grain: one row per opportunity of a source (opportunity_key).
with opportunities as (

    select * from {{ ref('stg_file_drop__opportunities') }}

),

stages_mapped as (

    select * from {{ ref('int_sales_stages_mapped') }}

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

lead_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'leads' and not is_standing

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'opportunities.source_system',
            'opportunities.source_instance',
            'opportunities.opportunity_id',
        ]) }} as opportunity_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'opportunities.account_id'
        ) }} as account_key,
        {{ employee_key('opportunities.owner_employee_id') }} as owner_employee_key,
        {{ employee_key('opportunities.sdr_employee_id') }} as sdr_employee_key,
        {{ surviving_key(
            'lead_aliases', 'reference_origins.leads_origin', 'opportunities.lead_id'
        ) }} as lead_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'opportunities.primary_person_id'
        ) }} as primary_person_record_key,
        {{ reference_key('reference_origins.campaigns_origin', 'opportunities.campaign_id') }}
            as campaign_key,
        {{ reference_key('reference_origins.products_origin', 'opportunities.product_id') }}
            as product_key,

        opportunities.source_system,
        opportunities.source_instance,
        opportunities.opportunity_id as source_id,
        opportunities.opportunity_name,
        case
            when {{ normalised('opportunities.opportunity_type') }} is null then 'new'
            else {{ listed(
                'opportunities.opportunity_type', ['new', 'expansion', 'renewal'], 'other'
            ) }}
        end as opportunity_type,
        opportunities.sales_stage as source_sales_stage,
        stages_mapped.sales_stage,
        coalesce(opportunities.forecast_category, sales_stages.forecast_category)
            as forecast_category,
        opportunities.loss_reason,
        opportunities.competitor,
        opportunities.source_field,
        opportunities.currency_code,
        opportunities.attributes,

        opportunities.amount as amount_local,
        opportunities.quantity,
        coalesce(opportunities.probability, sales_stages.probability) as probability,

        coalesce(sales_stages.is_open, true) as is_open,
        coalesce(sales_stages.is_won, false) as is_won,
        coalesce(sales_stages.is_lost, false) as is_lost,
        case
            when opportunities.is_deleted then 'deleted'
            when opportunities.is_test then 'test'
        end as exclusion_reason,
        not opportunities.is_deleted and not opportunities.is_test as is_reportable,

        {{ company_date('opportunities.created_at') }} as source_created_date,
        {{ company_date('opportunities.pipeline_at') }} as source_pipeline_date,
        opportunities.close_date,
        case
            when opportunities.is_deleted and not opportunities.is_test
                then {{ company_date('opportunities.updated_at') }}
        end as deleted_date,

        opportunities.created_at as source_created_at,
        opportunities.pipeline_at as source_pipeline_at
    from opportunities
    left join reference_origins
        on opportunities.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'opportunities.account_id'
        ) }}
    left join lead_aliases
        on {{ merged_away(
            'lead_aliases', 'reference_origins.leads_origin', 'opportunities.lead_id'
        ) }}
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'opportunities.primary_person_id'
        ) }}
    left join stages_mapped
        on
            opportunities.source_instance = stages_mapped.source_instance
            and opportunities.sales_stage = stages_mapped.source_sales_stage
    left join sales_stages
        on stages_mapped.sales_stage = sales_stages.sales_stage

)

select * from final

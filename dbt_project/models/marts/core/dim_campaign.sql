-- Grain: one row per campaign, and one for the unknown campaign (campaign_key).
-- Why: a campaign that only ad spend names is kept, under the platform's newest name for it: older
-- ones may hold slips that somebody has corrected since.
with campaigns as (

    select * from {{ ref('conformed_campaigns') }}

),

ad_spend as (

    select * from {{ ref('conformed_ad_spend') }}

),

employees as (

    select * from {{ ref('dim_employee') }}

),

named_by_ad_spend as (

    select
        ad_spend.*,
        row_number() over (
            partition by ad_spend.campaign_key
            order by
                case when ad_spend.platform_campaign_name is null then 1 else 0 end asc,
                ad_spend.spend_date desc,
                ad_spend.platform_campaign_name asc
        ) as name_order
    from ad_spend
    left join campaigns
        on ad_spend.campaign_key = campaigns.campaign_key
    where ad_spend.campaign_key is not null and campaigns.campaign_key is null

),

from_ad_spend as (

    select
        campaign_key,
        min(source_system) as source_system,
        min(source_instance) as source_instance,
        min(platform_campaign_id) as source_id,
        max(case when name_order = 1 then platform_campaign_name end) as campaign_name,
        min(platform) as platform,
        min(spend_date) as start_date,
        max(spend_date) as end_date
    from named_by_ad_spend
    group by campaign_key

),

final as (

    select
        campaigns.campaign_key,
        employees.employee_key as owner_employee_key,

        campaigns.source_system,
        campaigns.source_instance,
        campaigns.source_id,
        campaigns.campaign_name,
        campaigns.campaign_group,
        campaigns.campaign_type,
        campaigns.objective,
        campaigns.reach,
        campaigns.currency_code,

        campaigns.budget_amount_local,

        campaigns.is_reportable,
        false as is_unknown,

        campaigns.start_date,
        campaigns.end_date
    from campaigns
    left join employees
        on campaigns.owner_employee_key = employees.employee_key
    union all
    select
        campaign_key,
        cast(null as varchar) as owner_employee_key,

        source_system,
        source_instance,
        source_id,
        coalesce(campaign_name, source_id) as campaign_name,
        platform as campaign_group,
        cast(null as varchar) as campaign_type,
        cast(null as varchar) as objective,
        cast(null as varchar) as reach,
        cast(null as varchar) as currency_code,

        cast(null as decimal(18, 2)) as budget_amount_local,

        true as is_reportable,
        false as is_unknown,

        start_date,
        end_date
    from from_ad_spend
    union all
    select
        {{ unknown_key('campaign') }} as campaign_key,
        cast(null as varchar) as owner_employee_key,

        'company' as source_system,
        'company' as source_instance,
        '<unknown>' as source_id,
        'Unknown campaign' as campaign_name,
        'unknown' as campaign_group,
        cast(null as varchar) as campaign_type,
        cast(null as varchar) as objective,
        cast(null as varchar) as reach,
        cast(null as varchar) as currency_code,

        cast(null as decimal(18, 2)) as budget_amount_local,

        true as is_reportable,
        true as is_unknown,

        cast(null as date) as start_date,
        cast(null as date) as end_date

)

select * from final

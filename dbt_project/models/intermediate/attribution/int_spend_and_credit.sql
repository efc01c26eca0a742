-- Grain: one row per date role, day, channel, campaign and model (date_role, performance_date, channel_key, campaign_key, model).
-- Why: what ads cost meets what was credited, each summed first and joined in full: spend that won
-- nothing stays, and so does credit that cost nothing. Spend is the same in every model and role. What
-- no touch led to has no day of a touch, and so stands on the day of its conversion in both roles.
-- Read once for each role: engines keep what is read twice, and these rows are the many.
with touch_credits as (

    select * from {{ ref('fct_attribution_credit') }}

),

conversion_credits as (

    select * from {{ ref('fct_attribution_credit') }}

),

ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

model_types as (

    select * from {{ ref('stg_company__attribution_models') }}

),

-- A model that does not suit a type of conversion says nothing about it, which is not 0.
models as (

    select
        model,
        max(case when conversion_type = 'lead' then 1 else 0 end) as has_leads,
        max(case when conversion_type = 'mql' then 1 else 0 end) as has_mqls,
        max(case when conversion_type = 'opportunity' then 1 else 0 end) as has_opportunities
    from model_types
    group by model

),

date_roles as (

    select 'touch' as date_role
    union all
    select 'conversion' as date_role

),

spent as (

    select
        spend_date,
        channel_key,
        coalesce(campaign_key, {{ unknown_key('campaign') }}) as campaign_key,
        sum(spend) as spend
    from ad_performance
    group by
        spend_date,
        channel_key,
        coalesce(campaign_key, {{ unknown_key('campaign') }})

),

spent_by_model as (

    select
        date_roles.date_role,
        models.model,
        spent.spend_date,
        spent.channel_key,
        spent.campaign_key,
        spent.spend
    from spent
    cross join date_roles
    cross join models

),

dated as (

    {%- for role, credit_date in [
        ('touch', 'coalesce(touched_date, converted_date)'), ('conversion', 'converted_date')
    ] %}
    select
        '{{ role }}' as date_role,
        {{ credit_date }} as credit_date,
        channel_key,
        campaign_key,
        model,
        conversion_type,
        booking_type,
        sum(credited_conversions) as credited_conversions,
        sum(credited_amount) as credited_amount
    from {{ role }}_credits
    group by
        {{ credit_date }},
        channel_key,
        campaign_key,
        model,
        conversion_type,
        booking_type
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

credited as (

    select
        date_role,
        credit_date,
        channel_key,
        campaign_key,
        model,
        sum(case when conversion_type = 'lead' then credited_conversions else 0 end)
            as lead_count,
        sum(case when conversion_type = 'mql' then credited_conversions else 0 end)
            as mql_count,
        sum(case when conversion_type = 'opportunity' then credited_conversions else 0 end)
            as opportunity_count,
        sum(case when conversion_type = 'won' then credited_conversions else 0 end)
            as won_count,
        sum(
            case
                when conversion_type = 'won' and booking_type = 'new' then credited_conversions
                else 0
            end
        ) as new_customer_count,
        sum(case when conversion_type = 'opportunity' then credited_amount else 0 end)
            as credited_pipeline,
        sum(case when conversion_type in ('won', 'refund') then credited_amount else 0 end)
            as credited_revenue
    from dated
    group by
        date_role,
        credit_date,
        channel_key,
        campaign_key,
        model

),

joined as (

    select
        coalesce(spent_by_model.channel_key, credited.channel_key) as channel_key,
        coalesce(spent_by_model.campaign_key, credited.campaign_key) as campaign_key,
        coalesce(spent_by_model.date_role, credited.date_role) as date_role,
        coalesce(spent_by_model.model, credited.model) as model,
        coalesce(spent_by_model.spend, 0) as spend,
        coalesce(credited.lead_count, 0) as lead_count,
        coalesce(credited.mql_count, 0) as mql_count,
        coalesce(credited.opportunity_count, 0) as opportunity_count,
        coalesce(credited.won_count, 0) as won_count,
        coalesce(credited.new_customer_count, 0) as new_customer_count,
        coalesce(credited.credited_pipeline, 0) as credited_pipeline,
        coalesce(credited.credited_revenue, 0) as credited_revenue,
        coalesce(spent_by_model.spend_date, credited.credit_date) as performance_date
    from spent_by_model
    full outer join credited
        on
            spent_by_model.date_role = credited.date_role
            and spent_by_model.spend_date = credited.credit_date
            and spent_by_model.channel_key = credited.channel_key
            and spent_by_model.campaign_key = credited.campaign_key
            and spent_by_model.model = credited.model

),

final as (

    select
        joined.channel_key,
        joined.campaign_key,
        joined.date_role,
        joined.model,
        cast(joined.spend as decimal(18, 2)) as spend,
        cast(case when models.has_leads = 1 then joined.lead_count end as decimal(18, 6))
            as lead_count,
        cast(case when models.has_mqls = 1 then joined.mql_count end as decimal(18, 6))
            as mql_count,
        cast(
            case when models.has_opportunities = 1 then joined.opportunity_count end
            as decimal(18, 6)
        ) as opportunity_count,
        cast(joined.won_count as decimal(18, 6)) as won_count,
        cast(joined.new_customer_count as decimal(18, 6)) as new_customer_count,
        cast(
            case when models.has_opportunities = 1 then joined.credited_pipeline end
            as decimal(18, 2)
        ) as credited_pipeline,
        cast(joined.credited_revenue as decimal(18, 2)) as credited_revenue,
        joined.performance_date
    from joined
    inner join models
        on joined.model = models.model

)

select * from final

-- Fails on every report, model and date role that holds another spend than the ad platforms report,
-- or other credit than was given: in whole cents and millionths, none lost, none doubled.
with credits as (

    select * from {{ ref('fct_attribution_credit') }}

),

ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

model_types as (

    select * from {{ ref('stg_company__attribution_models') }}

),

reported as (

    {%- for report in ['channel', 'campaign'] %}
    {%- for role in ['touch', 'conversion'] %}
    select
        '{{ report }}' as report,
        '{{ role }}' as date_role,
        model,
        sum(spend) as spend,
        coalesce(sum(lead_count), 0) as lead_count,
        coalesce(sum(mql_count), 0) as mql_count,
        coalesce(sum(opportunity_count), 0) as opportunity_count,
        sum(credited_conversions) as won_count,
        sum(new_customer_count) as new_customer_count,
        coalesce(sum(credited_pipeline), 0) as credited_pipeline,
        sum(credited_revenue) as credited_revenue
    from {{ ref('rpt_' ~ report ~ '_performance') }}
    where date_role = '{{ role }}'
    group by model
    {% if not (loop.last and report == 'campaign') %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}

),

spent as (

    select coalesce(sum(spend), 0) as spend from ad_performance

),

credited as (

    select
        model,
        sum(case when conversion_type = 'lead' then credited_conversions else 0 end)
            as lead_count,
        sum(case when conversion_type = 'mql' then credited_conversions else 0 end) as mql_count,
        sum(case when conversion_type = 'opportunity' then credited_conversions else 0 end)
            as opportunity_count,
        sum(case when conversion_type = 'won' then credited_conversions else 0 end) as won_count,
        sum(
            case
                when conversion_type = 'won' and booking_type = 'new' then credited_conversions
                else 0
            end
        ) as new_customer_count,
        coalesce(sum(case when conversion_type = 'opportunity' then credited_amount end), 0)
            as credited_pipeline,
        coalesce(sum(case when conversion_type in ('won', 'refund') then credited_amount end), 0)
            as credited_revenue
    from credits
    group by model

),

models as (

    select distinct model from model_types

),

expected as (

    select
        models.model,
        spent.spend,
        {%- for measure in [
            'lead_count', 'mql_count', 'opportunity_count', 'won_count', 'new_customer_count',
            'credited_pipeline', 'credited_revenue',
        ] %}
        coalesce(credited.{{ measure }}, 0) as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from models
    cross join spent
    left join credited
        on models.model = credited.model

),

-- Four rows each: two reports by two date roles; none at all where there is nothing to report.
compared as (

    select
        expected.model,
        count(reported.model) as report_count,
        sum(
            case
                when
                    {%- for measure in [
                        'spend', 'lead_count', 'mql_count', 'opportunity_count', 'won_count',
                        'new_customer_count', 'credited_pipeline', 'credited_revenue',
                    ] %}
                    {{ "or " if not loop.first }}reported.{{ measure }} <> expected.{{ measure }}
                    {%- endfor %}
                    then 1
                else 0
            end
        ) as wrong_count,
        max(expected.spend) as spend,
        max(expected.won_count) as won_count,
        max(expected.lead_count) as lead_count
    from expected
    left join reported
        on expected.model = reported.model
    group by expected.model

)

select * from compared
where
    wrong_count > 0
    or (report_count <> 4 and (spend > 0 or won_count > 0 or lead_count > 0))

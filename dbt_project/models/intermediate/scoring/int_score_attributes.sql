-- Grain: one row per lead, with or without its account, and attribute that fit rules may ask for (lead_key, is_account_known, field_name).
-- Why: one shape for all rules, once for all moments of a lead. What the lead does not say its
-- account does, when there was an account by then; sources give no history of either, so values are
-- those of today.
{%- set texts = {
    'segment': 'coalesce(leads.segment, accounts.segment)',
    'region': 'coalesce(leads.region, accounts.region)',
    'country': 'coalesce(leads.country, accounts.country)',
    'persona': 'leads.persona',
    'industry': 'accounts.industry',
    'icp_tier': 'accounts.icp_tier',
    'is_target_account': "case when accounts.is_target_account then 'true' else 'false' end",
    'email': 'leads.email_hash',
    'account': 'accounts.account_key',
} %}
{%- set numbers = {
    'employee_count': 'accounts.employee_count',
    'annual_revenue': 'accounts.annual_revenue',
} %}
with moments as (

    select * from {{ ref('int_score_moments') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

asked as (

    select
        lead_key,
        is_account_known
    from moments
    where lead_key is not null
    group by
        lead_key,
        is_account_known

),

known as (

    select
        asked.lead_key,
        asked.is_account_known,
        {%- for name, expression in texts.items() %}
        {{ normalised(expression) }} as {{ name }},
        {%- endfor %}
        {%- for name, expression in numbers.items() %}
        cast({{ expression }} as decimal(18, 6)) as {{ name }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from asked
    inner join leads
        on asked.lead_key = leads.lead_key
    left join accounts
        on
            asked.is_account_known
            and leads.account_key = accounts.account_key

),

unioned as (
    {%- for name in texts %}
    select
        lead_key,
        is_account_known,
        '{{ name }}' as field_name,
        {{ name }} as field_value,
        cast(null as decimal(18, 6)) as value_number
    from known
    union all
    {%- endfor %}
    {%- for name in numbers %}
    select
        lead_key,
        is_account_known,
        '{{ name }}' as field_name,
        cast({{ name }} as varchar) as field_value,
        {{ name }} as value_number
    from known
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

final as (

    select * from unioned

)

select * from final

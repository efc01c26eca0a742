-- Grain: one row per hand-off and attribute that fit rules may ask for (handoff_key, field_name).
-- Why: one shape for all rules. What the lead does not say its account does, when there was an
-- account by then; sources give no history of either, so values are those of today.
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
with described as (

    select * from {{ ref('int_handoffs_described') }}

),

decided as (

    select * from {{ ref('int_handoffs_decided') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

known as (

    select
        described.handoff_key,
        {%- for name, expression in texts.items() %}
        {{ normalised(expression) }} as {{ name }},
        {%- endfor %}
        {%- for name, expression in numbers.items() %}
        cast({{ expression }} as decimal(18, 6)) as {{ name }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from described
    inner join decided
        on described.handoff_key = decided.handoff_key
    inner join leads
        on described.lead_key = leads.lead_key
    left join accounts
        on
            leads.account_key = accounts.account_key
            and coalesce(
                accounts.created_date <= {{ company_date('decided.assigned_at') }}, true
            )

),

unioned as (
    {%- for name in texts %}
    select
        handoff_key,
        '{{ name }}' as field_name,
        {{ name }} as field_value,
        cast(null as decimal(18, 6)) as value_number
    from known
    union all
    {%- endfor %}
    {%- for name in numbers %}
    select
        handoff_key,
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

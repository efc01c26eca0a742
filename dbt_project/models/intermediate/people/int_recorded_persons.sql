-- Grain: one row per person whom a contact or lead records (person_key).
-- Why: what its records say, people before leads and older before newer; the first that says
-- anything counts. The channel is that of the earliest reportable lead. Two kinds of records in
-- one shape, hence the length.
with people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

lead_channels as (

    select * from {{ ref('int_lead_channels') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

unioned as (

    select
        person_key,
        1 as precedence,
        person_record_key as record_key,
        account_key,
        cast(null as varchar) as channel_key,
        persona,
        cast(null as varchar) as segment,
        cast(null as varchar) as region,
        country,
        email_hash,
        is_reportable,
        created_date,
        created_at
    from people
    union all
    select
        leads.person_key,
        2 as precedence,
        leads.lead_key as record_key,
        leads.account_key,
        lead_channels.channel_key,
        leads.persona,
        leads.segment,
        leads.region,
        leads.country,
        leads.email_hash,
        leads.is_reportable,
        leads.created_date,
        leads.created_at
    from leads
    left join lead_channels
        on leads.lead_key = lead_channels.lead_key

),

known_accounts as (

    select
        unioned.*,
        accounts.account_key as known_account_key,
        accounts.segment as account_segment,
        accounts.region as account_region
    from unioned
    left join accounts
        on unioned.account_key = accounts.account_key

),

resolved as (

    select
        person_key,
        {%- for column, source in {
            'account_key': 'known_account_key', 'first_channel_key': 'channel_key',
            'persona': 'persona', 'segment': 'coalesce(segment, account_segment)',
            'region': 'coalesce(region, account_region)', 'country': 'country',
            'email_hash': 'email_hash'
        }.items() %}
        first_value({{ source }} ignore nulls) over whole as {{ column }},
        {%- endfor %}
        bool_or(is_reportable) over whole as is_reportable,
        min(created_date) over whole as first_seen_date,
        row_number() over (
            partition by person_key
            order by
                is_reportable desc,
                precedence asc,
                created_at asc nulls last,
                record_key asc
        ) as record_number
    from known_accounts
    window
        whole as (
            partition by person_key
            order by
                is_reportable desc,
                precedence asc,
                created_at asc nulls last,
                record_key asc
            rows between unbounded preceding and unbounded following
        )

),

final as (

    select
        person_key,
        account_key,
        first_channel_key,

        persona,
        segment,
        region,
        country,
        email_hash,

        is_reportable,

        first_seen_date
    from resolved
    where record_number = 1

)

select * from final

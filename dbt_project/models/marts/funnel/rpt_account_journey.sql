-- Grain: one row per event of a known account (event_source, event_key).
-- Why: what anybody did with an account, in one order, from the first touch by one of its people to
-- its renewals. Each event stands once, under the key of the table it comes from. What belongs to
-- no known account is in the facts and has no journey here.
with accounts as (

    select * from {{ ref('dim_account') }}
    where is_reportable and not is_unknown

),

touches as (

    select * from {{ ref('fct_touch') }}

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

activities as (

    select * from {{ ref('fct_activity') }}

),

employees as (

    select * from {{ ref('dim_employee') }}

),

person_stages as (

    select * from {{ ref('fct_person_stage') }}

),

stages as (

    select * from {{ ref('dim_stage') }}

),

persons as (

    select * from {{ ref('dim_person') }}
    where is_reportable

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_reportable

),

referrals as (

    select * from {{ ref('fct_referral') }}
    where is_reportable

),

survey_responses as (

    select * from {{ ref('fct_survey_response') }}
    where is_reportable

),

cases as (

    select * from {{ ref('fct_case') }}
    where is_reportable

),

feedback as (

    select * from {{ ref('fct_feedback') }}
    where is_reportable

),

refunds as (

    select * from {{ ref('fct_refund') }}
    where is_reportable

),

movements as (

    select * from {{ ref('rpt_arr_movement') }}
    where movement <> 'none'

),

touch_events as (

    select
        'touch' as event_source,
        touches.touch_key as event_key,
        touches.account_key,
        touches.person_key,
        cast(null as varchar) as opportunity_key,
        touches.business_function,
        touches.touch_type as event_type,
        concat(
            channels.channel_name,
            case
                when not content_assets.is_unknown
                    then concat(': ', content_assets.content_asset_name)
            end
        ) as description,
        touches.touched_date as occurred_date,
        touches.touched_at as occurred_at
    from touches
    left join channels
        on touches.channel_key = channels.channel_key
    left join content_assets
        on touches.content_asset_key = content_assets.content_asset_key
    where touches.no_credit_reason is distinct from 'bot'

),

activity_events as (

    select
        'activity' as event_source,
        activities.activity_key as event_key,
        activities.account_key,
        activities.person_key,
        activities.opportunity_key,
        coalesce(employees.business_function, 'other') as business_function,
        activities.purpose as event_type,
        concat(
            activities.activity_type,
            case when activities.direction = 'two_way' then ', answered' end,
            case when not activities.is_human then ', by a machine' end
        ) as description,
        activities.occurred_date,
        activities.occurred_at
    from activities
    left join employees
        on activities.employee_key = employees.employee_key

),

stage_events as (

    select
        'stage' as event_source,
        {{ surrogate_key([
            'person_stages.person_key', 'person_stages.cycle_number', 'person_stages.stage'
        ]) }} as event_key,
        persons.account_key,
        person_stages.person_key,
        cast(null as varchar) as opportunity_key,
        coalesce(stages.owner_function, 'other') as business_function,
        person_stages.stage as event_type,
        concat('Cycle ', cast(person_stages.cycle_number as varchar), ': ', stages.stage_name)
            as description,
        person_stages.reached_date as occurred_date,
        person_stages.reached_at as occurred_at
    from person_stages
    inner join persons
        on person_stages.person_key = persons.person_key
    left join stages
        on person_stages.stage = stages.stage
    -- A stage that was passed over happened at no moment of its own.
    where not person_stages.is_skipped

),

opportunity_events as (

    select
        'opportunity' as event_source,
        opportunity_key as event_key,
        account_key,
        primary_person_key as person_key,
        opportunity_key,
        'sales' as business_function,
        'opportunity_created' as event_type,
        concat('Opportunity ', source_id, ', ', opportunity_type) as description,
        created_date as occurred_date,
        created_at as occurred_at
    from opportunities
    union all
    select
        'close' as event_source,
        opportunity_key as event_key,
        account_key,
        primary_person_key as person_key,
        opportunity_key,
        'sales' as business_function,
        case when is_won then 'won' else 'lost' end as event_type,
        concat('Opportunity ', source_id, ', ', opportunity_type) as description,
        close_date as occurred_date,
        {{ start_of_company_day('close_date') }} as occurred_at
    from opportunities
    where is_won or is_lost

),

after_sale_events as (

    select
        'referral' as event_source,
        referral_key as event_key,
        referrer_account_key as account_key,
        referrer_person_key as person_key,
        opportunity_key,
        'customer_success' as business_function,
        'referral' as event_type,
        case when is_won then 'Referred a customer' else 'Referred somebody' end as description,
        referred_date as occurred_date,
        {{ start_of_company_day('referred_date') }} as occurred_at
    from referrals
    union all
    select
        'survey' as event_source,
        survey_response_key as event_key,
        account_key,
        person_key,
        cast(null as varchar) as opportunity_key,
        'customer_success' as business_function,
        kind as event_type,
        concat('Score ', cast(cast(score as decimal(9, 1)) as varchar)) as description,
        answered_date as occurred_date,
        answered_at as occurred_at
    from survey_responses
    union all
    select
        'case' as event_source,
        case_key as event_key,
        account_key,
        person_key,
        cast(null as varchar) as opportunity_key,
        'customer_success' as business_function,
        'case_opened' as event_type,
        concat(kind, case when is_open then ', open' else ', resolved' end) as description,
        opened_date as occurred_date,
        opened_at as occurred_at
    from cases
    union all
    select
        'feedback' as event_source,
        feedback_key as event_key,
        account_key,
        cast(null as varchar) as person_key,
        opportunity_key,
        from_function as business_function,
        'feedback' as event_type,
        concat('To ', to_function, ': ', theme) as description,
        given_date as occurred_date,
        given_at as occurred_at
    from feedback
    union all
    select
        'refund' as event_source,
        refund_key as event_key,
        account_key,
        cast(null as varchar) as person_key,
        opportunity_key,
        'finance' as business_function,
        'refund' as event_type,
        coalesce(refund_reason, 'refund') as description,
        refund_date as occurred_date,
        {{ start_of_company_day('refund_date') }} as occurred_at
    from refunds
    union all
    select
        'arr_movement' as event_source,
        {{ surrogate_key(['parent_account_key', 'movement_month']) }} as event_key,
        parent_account_key as account_key,
        cast(null as varchar) as person_key,
        cast(null as varchar) as opportunity_key,
        'finance' as business_function,
        concat('arr_', movement) as event_type,
        'Recurring revenue at the end of the month against the one before' as description,
        movement_month as occurred_date,
        {{ start_of_company_day('movement_month') }} as occurred_at
    from movements

),

unioned as (
    {% for family in ['touch', 'activity', 'stage', 'opportunity', 'after_sale'] %}
    {{ "union all" if not loop.first }}
    select * from {{ family }}_events
    {%- endfor %}

),

final as (

    select
        unioned.event_key,
        unioned.account_key,
        unioned.person_key,
        unioned.opportunity_key,

        unioned.event_source,
        unioned.business_function,
        unioned.event_type,
        unioned.description,

        unioned.occurred_date,

        unioned.occurred_at
    from unioned
    inner join accounts
        on unioned.account_key = accounts.account_key
    where unioned.occurred_date <= {{ as_of_date() }}

)

select * from final

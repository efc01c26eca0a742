-- Grain: one row per action towards a customer after the sale (action_source, action_key).
-- Why: personal motions of those who sell and care beside Marketing's programmes and what customers
-- do with its content. `closeness` orders what may have moved a sale: an offer, any other personal
-- act, an answered letter, a look at content. A letter that nobody answered moved nothing.
{% set personal_purposes = [
    'check_in', 'onboarding', 'upsell', 'cross_sell', 'referral_request'
] %}
with customers as (

    select * from {{ ref('int_customers') }}

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

activities as (

    select * from {{ ref('fct_activity') }}

),

employees as (

    select * from {{ ref('dim_employee') }}

),

persons as (

    select * from {{ ref('dim_person') }}
    where is_reportable and not is_unknown

),

message_sends as (

    select * from {{ ref('fct_message_send') }}

),

touches as (

    select * from {{ ref('fct_touch') }}

),

personal as (

    select
        'activity' as action_source,
        activities.activity_key as action_key,
        activities.account_key,
        coalesce(employees.business_function, 'other') as business_function,
        activities.purpose as motion,
        true as is_personal,
        activities.direction = 'two_way' as is_answered,
        case when activities.purpose in ('upsell', 'cross_sell') then 1 else 2 end as closeness,
        activities.occurred_date as action_date,
        activities.occurred_at as action_at
    from activities
    left join employees
        on activities.employee_key = employees.employee_key
    where
        activities.is_human
        and activities.purpose in ('{{ personal_purposes | join("', '") }}')

),

programmes as (

    select
        'message' as action_source,
        message_sends.message_send_key as action_key,
        persons.account_key,
        'marketing' as business_function,
        concat(
            'programme: ',
            message_sends.programme,
            case when message_sends.rule is not null then concat(', ', message_sends.rule) end
        ) as motion,
        false as is_personal,
        message_sends.clicked as is_answered,
        case when message_sends.clicked then 3 end as closeness,
        message_sends.sent_date as action_date,
        message_sends.sent_at as action_at
    from message_sends
    inner join persons
        on message_sends.person_key = persons.person_key
    where message_sends.delivered

),

engagement as (

    select
        'touch' as action_source,
        touches.touch_key as action_key,
        touches.account_key,
        touches.business_function,
        'engagement' as motion,
        false as is_personal,
        touches.direction = 'two_way' as is_answered,
        4 as closeness,
        touches.touched_date as action_date,
        touches.touched_at as action_at
    from touches
    where
        touches.is_attributable
        and touches.business_function = 'marketing'
        -- Letters are programmes already.
        and touches.touch_type not in ('email_click', 'email_open')

),

unioned as (

    select * from personal
    union all
    select * from programmes
    union all
    select * from engagement

),

final as (

    select
        unioned.action_key,
        account_parents.parent_account_key,

        unioned.action_source,
        unioned.business_function,
        unioned.motion,

        unioned.closeness,

        unioned.is_personal,
        unioned.is_answered,

        unioned.action_date,

        unioned.action_at
    from unioned
    inner join account_parents
        on unioned.account_key = account_parents.account_key
    inner join customers
        on
            account_parents.parent_account_key = customers.parent_account_key
            and unioned.action_date >= customers.customer_from_date
    where unioned.action_date <= {{ as_of_date() }}

)

select * from final

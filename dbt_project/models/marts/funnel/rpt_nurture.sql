-- Grain: one row per month and programme (send_month, programme).
-- Why: of the people who got something of a programme in the month: what they did after
-- its first message. Somebody in two months or programmes is in both rows.
with message_sends as (

    select * from {{ ref('fct_message_send') }}
    where sent_date <= {{ as_of_date() }}

),

persons as (

    select * from {{ ref('dim_person') }}

),

passes as (

    select * from {{ ref('int_person_passes') }}
    where entity = 'lead'

),

members as (

    select * from {{ ref('int_person_cycle_members') }}
    where entity = 'opportunity'

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_won and close_date <= {{ as_of_date() }}

),

recipients as (

    select
        {{ first_of_month('message_sends.sent_date') }} as send_month,
        coalesce(message_sends.programme, 'not_recorded') as programme,
        message_sends.person_key,
        count(*) as sent,
        max(case when message_sends.clicked then 1 else 0 end) as has_clicked,
        max(case when message_sends.unsubscribed then 1 else 0 end) as has_unsubscribed,
        min(message_sends.sent_date) as first_sent_date,
        min(message_sends.sent_at) as first_sent_at
    from message_sends
    inner join persons
        on message_sends.person_key = persons.person_key
    where persons.is_reportable
    group by
        {{ first_of_month('message_sends.sent_date') }},
        coalesce(message_sends.programme, 'not_recorded'),
        message_sends.person_key

),

last_qualified as (

    select
        person_key,
        max(mql_at) as last_mql_at
    from passes
    where cycle_number > 1
    group by person_key

),

won_later as (

    select
        recipients.send_month,
        recipients.programme,
        recipients.person_key,
        sum(opportunities.amount) as won_amount
    from recipients
    inner join members
        on recipients.person_key = members.person_key
    inner join opportunities
        on
            members.record_key = opportunities.opportunity_key
            and recipients.first_sent_date <= opportunities.close_date
    group by
        recipients.send_month,
        recipients.programme,
        recipients.person_key

),

final as (

    select
        recipients.programme,

        count(*) as people_count,
        cast(sum(recipients.sent) as bigint) as sent,
        cast(sum(recipients.has_clicked) as bigint) as engaged,
        cast(sum(recipients.has_unsubscribed) as bigint) as unsubscribed,
        count(*) filter (where last_qualified.last_mql_at > recipients.first_sent_at)
            as requalified,
        count(won_later.person_key) as won_people_count,
        cast(coalesce(sum(won_later.won_amount), 0) as decimal(18, 2)) as won_amount,

        recipients.send_month
    from recipients
    left join last_qualified
        on recipients.person_key = last_qualified.person_key
    left join won_later
        on
            recipients.person_key = won_later.person_key
            and recipients.send_month = won_later.send_month
            and recipients.programme = won_later.programme
    group by
        recipients.send_month,
        recipients.programme

)

select * from final

-- Grain: one row per component, month, team and employee with a quota (component, component_date, team, employee_key).
-- Why: only who has a quota in the month counts, in both parts, under the team of the
-- month's first day; else a deal of somebody without one would look like attainment.
with quotas as (

    select * from {{ ref('int_booking_quotas') }}
    where quota_month <= {{ as_of_date() }}

),

credits as (

    select * from {{ ref('int_opportunity_credits') }}
    where close_date <= {{ as_of_date() }}

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

credited as (

    select
        employee_key,
        {{ first_of_month('close_date') }} as credit_month,
        sum(credited_amount) as credited_amount
    from credits
    group by
        employee_key,
        {{ first_of_month('close_date') }}

),

joined as (

    select
        coalesce(teams.team, 'unknown') as team,
        quotas.employee_key,
        quotas.quota_month,
        quotas.quota_amount,
        case when credited.employee_key is null then 0 else credited.credited_amount end
            as credited_amount
    from quotas
    left join credited
        on
            quotas.employee_key = credited.employee_key
            and quotas.quota_month = credited.credit_month
    left join teams
        on
            quotas.employee_key = teams.employee_key
            and quotas.quota_month >= teams.team_from
            and quotas.quota_month < coalesce(teams.team_to, date '9999-12-31')

),

final as (
    {% for component, quantity in [
        ('booking_quota', 'quota_amount'),
        ('credited_to_quota', 'credited_amount'),
        ('rep_months_with_quota', 'case when quota_amount > 0 then 1 else 0 end'),
        (
            'rep_months_at_quota',
            'case when quota_amount > 0 and credited_amount >= quota_amount then 1 else 0 end',
        ),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        'unknown' as channel_name,
        team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,
        employee_key,

        cast(sum({{ quantity }}) as decimal(38, 6)) as quantity,

        quota_month as component_date
    from joined
    group by
        team,
        employee_key,
        quota_month
    {%- endfor %}

)

select * from final

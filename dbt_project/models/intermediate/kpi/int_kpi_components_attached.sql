-- Grain: one row per component, day, dimensions and owner of add-ons (component, component_date, channel_name, team, segment, region, product_name, employee_key).
-- Why: an add-on is a line of another product than the opportunity's main one; what the lines leave
-- over and lines of no known product say nothing about products.
with bookings as (

    select * from {{ ref('fct_booking') }}
    where booking_date <= {{ as_of_date() }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

products as (

    select * from {{ ref('dim_product') }}
    where
        not is_unknown
        and product_key <> {{ unallocated_key('product') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

per_opportunity as (

    select
        bookings.opportunity_key,
        bookings.channel_key,
        bookings.team,
        bookings.segment,
        bookings.region,
        bookings.owner_employee_key,
        bookings.booking_date,
        sum(bookings.amount) as amount_with_product,
        sum(bookings.amount) filter (
            where bookings.product_key <> opportunities.primary_product_key
        ) as add_on_amount,
        max(case when bookings.product_key <> opportunities.primary_product_key then 1 else 0 end)
            as deals_with_add_on
    from bookings
    inner join products
        on bookings.product_key = products.product_key
    inner join opportunities
        on bookings.opportunity_key = opportunities.opportunity_key
    group by
        bookings.opportunity_key,
        bookings.channel_key,
        bookings.team,
        bookings.segment,
        bookings.region,
        bookings.owner_employee_key,
        bookings.booking_date

),

described as (

    select
        per_opportunity.*,
        coalesce(channels.channel_name, 'unknown') as channel_name
    from per_opportunity
    left join channels
        on per_opportunity.channel_key = channels.channel_key

),

counted as (
    {% for component, quantity in {
        'deals_with_product': '1',
        'deals_with_add_on': 'deals_with_add_on',
        'amount_with_product': 'amount_with_product',
        'add_on_amount': 'case when amount_with_product is not null'
            ~ ' then coalesce(add_on_amount, 0) end',
    }.items() %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        channel_name,
        coalesce(team, 'unknown') as team,
        coalesce(segment, 'unknown') as segment,
        coalesce(region, 'unknown') as region,
        coalesce(owner_employee_key, 'unknown') as employee_key,
        sum({{ quantity }}) as quantity,
        booking_date as component_date
    from described
    group by all
    {%- endfor %}

),

final as (

    select
        component,
        channel_name,
        team,
        segment,
        region,
        'unknown' as product_name,
        employee_key,

        cast(quantity as decimal(38, 6)) as quantity,

        component_date
    from counted

)

select * from final

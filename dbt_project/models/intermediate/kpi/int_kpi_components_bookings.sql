-- Grain: one row per component, day and dimensions of bookings (component, component_date, channel_name, team, segment, region, product_name).
-- Why: price realisation compares the lines of which both the booked and the list
-- amount are known.
{%- set components = [
    ('bookings', 'amount', 'true'),
    ('booked_amount_with_list', 'amount', 'amount is not null and list_amount is not null'),
    ('list_amount_with_booked', 'list_amount', 'amount is not null and list_amount is not null'),
] %}
with bookings as (

    select * from {{ ref('fct_booking') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

described as (

    select
        bookings.amount,
        bookings.list_amount,
        bookings.booking_date,
        coalesce(channels.channel_name, 'unknown') as channel_name,
        coalesce(bookings.team, 'unknown') as team,
        coalesce(bookings.segment, 'unknown') as segment,
        coalesce(bookings.region, 'unknown') as region,
        coalesce(products.product_name, 'unknown') as product_name
    from bookings
    left join channels
        on bookings.channel_key = channels.channel_key
    left join products
        on bookings.product_key = products.product_key
    where bookings.booking_date <= {{ as_of_date() }}

),

summed as (
    {% for component, quantity, condition in components %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        channel_name,
        team,
        segment,
        region,
        product_name,
        cast(sum({{ quantity }}) as decimal(38, 6)) as quantity,
        booking_date as component_date
    from described
    where {{ condition }}
    group by
        channel_name,
        team,
        segment,
        region,
        product_name,
        booking_date
    {%- endfor %}

),

final as (

    select * from summed

)

select * from final

-- Grain: one row per component, day, dimensions and owner of bookings (component, component_date, channel_name, team, segment, region, product_name, employee_key).
-- Why: price realisation compares the lines of which both the booked and the list
-- amount are known, margin those of which amount and cost are. A deal's yearly value is that of
-- its lines together, so no product has it.
{%- set components = [
    ('bookings', 'amount', 'true'),
    ('booked_amount_with_list', 'amount', 'amount is not null and list_amount is not null'),
    ('list_amount_with_booked', 'list_amount', 'amount is not null and list_amount is not null'),
    ('margin_amount', 'amount - cost_amount', 'amount is not null and cost_amount is not null'),
    ('amount_with_cost', 'amount', 'amount is not null and cost_amount is not null'),
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
        bookings.opportunity_key,
        bookings.amount,
        bookings.cost_amount,
        case
            when bookings.recurring_amount <> 0 then bookings.recurring_amount
            when bookings.term_months > 12
                -- Rounded once, for each line: then no sum depends on how it is cut.
                then cast(
                    cast(bookings.amount as double) * 12 / bookings.term_months as decimal(38, 6)
                )
            else bookings.amount
        end as yearly_amount,
        bookings.list_amount,
        bookings.booking_date,
        coalesce(channels.channel_name, 'unknown') as channel_name,
        coalesce(bookings.team, 'unknown') as team,
        coalesce(bookings.segment, 'unknown') as segment,
        coalesce(bookings.region, 'unknown') as region,
        coalesce(products.product_name, 'unknown') as product_name,
        coalesce(bookings.owner_employee_key, 'unknown') as employee_key
    from bookings
    left join channels
        on bookings.channel_key = channels.channel_key
    left join products
        on bookings.product_key = products.product_key
    where bookings.booking_date <= {{ as_of_date() }}

),

deals as (

    select
        channel_name,
        team,
        segment,
        region,
        employee_key,
        booking_date,
        sum(yearly_amount) as yearly_amount
    from described
    group by
        opportunity_key,
        channel_name,
        team,
        segment,
        region,
        employee_key,
        booking_date
    having sum(amount) > 0

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
        employee_key,
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
        employee_key,
        booking_date
    {%- endfor %}
    {%- for component, quantity in [
        ('yearly_amount_of_deals', 'sum(yearly_amount)'),
        ('deals_above_zero', 'count(*)'),
    ] %}
    union all
    select
        '{{ component }}' as component,
        channel_name,
        team,
        segment,
        region,
        'unknown' as product_name,
        employee_key,
        cast({{ quantity }} as decimal(38, 6)) as quantity,
        booking_date as component_date
    from deals
    group by
        channel_name,
        team,
        segment,
        region,
        employee_key,
        booking_date
    {%- endfor %}

),

final as (

    select * from summed

)

select * from final

-- Grain: one row per component that counts a part of deals and won deal of which it counts something (component_key, opportunity_key).
-- Why: a line counts where it is of the products, families and types that a component names, and
-- where no component that is paid instead counts it. Of the margin, the part is what the counted
-- lines cost less than they are sold for; where a cost is not known, nothing is.
with components as (

    select * from {{ ref('comp_plan_component') }}
    where counts_part

),

sold as (

    select * from {{ ref('stg_company__plan_sold') }}

),

replacements as (

    select * from {{ ref('stg_company__plan_instead') }}

),

bookings as (

    select * from {{ ref('fct_booking') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

asked as (

    select
        plan,
        plan_version,
        component,
        count(distinct sold_by) as asked_count
    from sold
    group by
        plan,
        plan_version,
        component

),

met as (

    select
        sold.plan,
        sold.plan_version,
        sold.component,
        bookings.booking_key,
        count(distinct sold.sold_by) as met_count
    from bookings
    inner join products
        on bookings.product_key = products.product_key
    inner join sold
        on
            sold.sold_value = case sold.sold_by
                when 'product' then products.source_id
                when 'product_group' then products.product_group
                else bookings.booking_type
            end
    group by
        sold.plan,
        sold.plan_version,
        sold.component,
        bookings.booking_key

),

named as (

    select
        components.component_key,
        components.plan,
        components.plan_version,
        components.component,
        bookings.booking_key
    from components
    cross join bookings
    left join asked
        on
            components.plan = asked.plan
            and components.plan_version = asked.plan_version
            and components.component = asked.component
    left join met
        on
            components.plan = met.plan
            and components.plan_version = met.plan_version
            and components.component = met.component
            and bookings.booking_key = met.booking_key
    where coalesce(met.met_count, 0) = coalesce(asked.asked_count, 0)

),

replaced as (

    select distinct
        replacements.plan,
        replacements.plan_version,
        replacements.instead_of as component,
        named.booking_key
    from named
    inner join replacements
        on
            named.plan = replacements.plan
            and named.plan_version = replacements.plan_version
            and named.component = replacements.component

),

counted as (

    select
        named.component_key,
        named.booking_key
    from named
    left join replaced
        on
            named.plan = replaced.plan
            and named.plan_version = replaced.plan_version
            and named.component = replaced.component
            and named.booking_key = replaced.booking_key
    where replaced.booking_key is null

),

wholes as (

    select
        opportunity_key,
        sum(amount) as amount,
        sum(amount_local) as amount_local,
        sum(quantity) as quantity
    from bookings
    group by opportunity_key

),

parts as (

    select
        counted.component_key,
        bookings.opportunity_key,
        sum(bookings.amount_local) as amount_local,
        sum(bookings.quantity) as quantity,
        case
            when count(bookings.cost_amount) = count(*)
                then sum(bookings.amount - bookings.cost_amount)
        end as margin_amount
    from counted
    inner join bookings
        on counted.booking_key = bookings.booking_key
    group by
        counted.component_key,
        bookings.opportunity_key

),

measured as (

    select
        parts.component_key,
        parts.opportunity_key,
        case components.measure
            when 'margin' then parts.margin_amount
            when 'quantity' then parts.quantity
            else parts.amount_local
        end as part,
        case components.measure
            when 'margin' then wholes.amount
            when 'quantity' then wholes.quantity
            else wholes.amount_local
        end as whole
    from parts
    inner join components
        on parts.component_key = components.component_key
    inner join wholes
        on parts.opportunity_key = wholes.opportunity_key

),

final as (

    select
        component_key,
        opportunity_key,

        cast(part as decimal(38, 9)) as part,
        cast(whole as decimal(38, 9)) as whole
    from measured
    where part is not null and whole <> 0

)

select * from final

-- Grain: one row per opportunity (opportunity_key).
-- Why: the product of the opportunity itself, else of its largest line, else the unknown product.
with opportunities as (

    select * from {{ ref('int_opportunities_linked') }}

),

lines as (

    select * from {{ ref('int_opportunity_lines_valued') }}

),

largest_lines as (

    select
        opportunity_key,
        product_key
    from lines
    where product_key <> {{ unknown_key('product') }}
    qualify row_number() over (
        partition by opportunity_key
        order by amount desc nulls last, product_key asc
    ) = 1

),

final as (

    select
        opportunities.opportunity_key,
        coalesce(
            opportunities.product_key,
            largest_lines.product_key,
            {{ unknown_key('product') }}
        ) as primary_product_key
    from opportunities
    left join largest_lines
        on opportunities.opportunity_key = largest_lines.opportunity_key

)

select * from final

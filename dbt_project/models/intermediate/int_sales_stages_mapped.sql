-- Grain: one row per source and stage value that occurs (source_instance, source_sales_stage).
-- Why: a rule for the source wins over the rule for all sources (*), then the stage's own name; else `unmapped`.
with opportunities as (

    select * from {{ ref('stg_file_drop__opportunities') }}

),

opportunity_history as (

    select * from {{ ref('stg_file_drop__opportunity_history') }}

),

sales_stage_values as (

    select * from {{ ref('stg_company__sales_stage_values') }}

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

rules as (

    select
        source_name,
        lower(trim(source_value)) as source_value,
        sales_stage,
        case when source_name = '*' then 2 else 1 end as rule_rank
    from sales_stage_values
    union all
    select
        '*' as source_name,
        lower(trim(sales_stage)) as source_value,
        sales_stage,
        3 as rule_rank
    from sales_stages

),

occurring as (

    select
        source_instance,
        sales_stage as source_sales_stage
    from opportunities
    union
    select
        source_instance,
        sales_stage as source_sales_stage
    from opportunity_history
    where sales_stage is not null

),

final as (

    select
        occurring.source_instance,
        occurring.source_sales_stage,
        coalesce(rules.sales_stage, 'unmapped') as sales_stage
    from occurring
    left join rules
        on
            lower(trim(occurring.source_sales_stage)) = rules.source_value
            and rules.source_name in (occurring.source_instance, '*')
    qualify row_number() over (
        partition by occurring.source_instance, occurring.source_sales_stage
        order by rules.rule_rank
    ) = 1

)

select * from final

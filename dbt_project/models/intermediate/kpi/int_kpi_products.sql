-- Grain: one row per KPI that is a product, period and dimension member that all its factors have (kpi, period_grain, period_start, dimension, member).
-- Why: a ratio times a median is no sum over a sum: it is computed anew in each cell, from factors
-- that are not rounded yet, in the order that the definition names them. It is as final as its
-- youngest factor. Level by level, as a product may be made of products.
{%- set most_factors = 4 %}
{%- set most_levels = 3 %}
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}

),

factors as (

    select * from {{ ref('int_kpi_factors') }}

),

kpi_values as (

    select * from {{ ref('int_kpi_values') }}

),

windows as (

    select * from {{ ref('int_kpi_windows') }}

),

factor_names as (

    select factor_kpi from factors
    group by factor_kpi

),

made_0 as (

    select
        kpi_values.kpi,
        kpi_values.period_grain,
        kpi_values.dimension,
        kpi_values.member,
        case
            when definitions.aggregation = 'ratio'
                then cast(kpi_values.numerator as double) / nullif(kpi_values.denominator, 0)
            else cast(kpi_values.value as double)
        end as exact_value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        coalesce(windows.window_days, 0) as window_days,
        kpi_values.period_start,
        kpi_values.period_end
    from kpi_values
    inner join factor_names
        on kpi_values.kpi = factor_names.factor_kpi
    inner join definitions
        on kpi_values.kpi = definitions.kpi
    left join windows
        on kpi_values.numerator_component = windows.component

),

{% for level in range(1, most_levels + 1) %}
multiplied_{{ level }} as (

    select
        factors.kpi,
        made.period_grain,
        made.dimension,
        made.member,
        {%- for name, is_divisor in [('numerator', 'not factors.is_divisor'), ('denominator', 'factors.is_divisor')] %}
        case
            when count(*) filter (where {{ is_divisor }})
                = count(made.exact_value) filter (where {{ is_divisor }})
                then
                    {%- for number in range(1, most_factors + 1) %}
                    {{ "* " if not loop.first -}}
                    coalesce(
                        max(made.exact_value) filter (
                            where {{ is_divisor }} and factors.factor_order = {{ number }}
                        ),
                        1
                    )
                    {%- endfor %}
        end as {{ name }},
        {%- endfor %}
        max(made.window_days) as window_days,
        made.period_start,
        made.period_end
    from factors
    inner join made_{{ level - 1 }} as made
        on factors.factor_kpi = made.kpi
    where factors.product_level = {{ level }}
    group by
        factors.kpi,
        made.period_grain,
        made.dimension,
        made.member,
        made.period_start,
        made.period_end
    -- A member counts where every factor has it.
    having count(*) = max(factors.factor_count)

),

made_{{ level }} as (

    select * from made_{{ level - 1 }}
    union all
    select
        multiplied.kpi,
        multiplied.period_grain,
        multiplied.dimension,
        multiplied.member,
        case
            when definitions.at_most is null
                then multiplied.numerator / nullif(multiplied.denominator, 0)
            when multiplied.denominator = 0 and multiplied.numerator > 0
                then definitions.at_most
            when multiplied.denominator <> 0
                then least(multiplied.numerator / multiplied.denominator, definitions.at_most)
        end as exact_value,
        multiplied.numerator,
        multiplied.denominator,
        multiplied.window_days,
        multiplied.period_start,
        multiplied.period_end
    from multiplied_{{ level }} as multiplied
    inner join definitions
        on multiplied.kpi = definitions.kpi

),

{% endfor -%}
dimensions as (

    select * from {{ ref('int_kpi_dimensions') }}

),

final as (

    select
        made.kpi,

        definitions.kpi_group,
        made.period_grain,
        made.dimension,
        made.member,

        cast(made.exact_value as decimal(38, 6)) as value,
        cast(made.numerator as decimal(38, 6)) as numerator,
        cast(made.denominator as decimal(38, 6)) as denominator,
        made.window_days,

        made.period_start,
        made.period_end
    from made_{{ most_levels }} as made
    inner join definitions
        on made.kpi = definitions.kpi
    inner join dimensions
        on
            made.kpi = dimensions.kpi
            and made.dimension = dimensions.dimension
    where definitions.aggregation = 'product'

)

select * from final

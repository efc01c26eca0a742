-- Grain: one row per payee, component that pays for a KPI, currency of pay and ended period (payee_key, component_key, currency_code, period_start).
-- Why: pay is held where a group that it reads is held, so the KPIs of a published row are those
-- of the same version. Publishing names it; before that there is none.
with kpi_lines as (

    select * from {{ ref('int_comp_kpi_lines') }}

),

definitions as (

    select * from {{ ref('dim_kpi') }}

),

final as (

    select
        {{ surrogate_key([
            'kpi_lines.payee_key', 'kpi_lines.component_key', 'kpi_lines.currency_code',
            'kpi_lines.period_start'
        ]) }} as kpi_result_key,

        kpi_lines.payee_key,
        kpi_lines.component_key,

        kpi_lines.kpi,
        kpi_lines.kpi_of,
        kpi_lines.period_grain,
        kpi_lines.currency_code,
        cast(null as varchar) as kpi_publish_version,

        cast(max(definitions.contract_version) as integer) as kpi_contract_version,
        max(kpi_lines.target) as target,
        max(kpi_lines.actual) as actual,
        max(kpi_lines.numerator) as numerator,
        max(kpi_lines.denominator) as denominator,
        max(kpi_lines.achievement) as achievement,
        cast(max(kpi_lines.payout_rate) as decimal(18, 9)) as payout_rate,
        max(kpi_lines.weight) as weight,
        cast(sum(round(kpi_lines.base_amount, 2)) as decimal(18, 2)) as target_amount,
        cast(sum(round(kpi_lines.exact_amount, 2)) as decimal(18, 2)) as amount,

        kpi_lines.period_start
    from kpi_lines
    left join definitions
        on kpi_lines.kpi = definitions.kpi
    group by
        kpi_lines.payee_key,
        kpi_lines.component_key,
        kpi_lines.kpi,
        kpi_lines.kpi_of,
        kpi_lines.period_grain,
        kpi_lines.currency_code,
        kpi_lines.period_start

)

select * from final

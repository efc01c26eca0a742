-- Grain: one row per fiscal month and aspect (period_start, aspect).
-- Why: dense, so that a month without an answer shows as unknown and is not left out.
{%- set aspects = {
    'acceptance': 'ratio',
    'marketing_promise_kept': 'ratio',
    'sales_promise_kept': 'ratio',
    'feedback_answered': 'ratio',
    'feedback_answer_days': 'days',
    'target_account_overlap': 'ratio',
    'shared_content_use': 'ratio',
    'joint_deal_share': 'ratio',
    'one_team_met_its_target': 'ratio',
} %}
with months as (

    select
        period_start,
        period_end
    from {{ ref('int_kpi_periods') }}
    where period_grain = 'month'
    group by period_start, period_end

),

aspects as (
    {% for aspect, unit in aspects.items() %}
    {{ "union all" if not loop.first }}
    select
        '{{ aspect }}' as aspect,
        '{{ unit }}' as unit,
        {{ loop.index }} as aspect_order
    {%- endfor %}

),

kpis as (

    select * from {{ ref('int_alignment_kpis') }}

),

feedback as (

    select * from {{ ref('int_alignment_feedback') }}

),

accounts as (

    select * from {{ ref('int_alignment_accounts') }}

),

deals as (

    select * from {{ ref('int_alignment_deals') }}

),

told as (
    {% for family in ['kpis', 'accounts', 'deals'] %}
    select
        aspect,
        numerator,
        denominator,
        cast(null as decimal(38, 6)) as median_value,
        period_start
    from {{ family }}
    union all
    {% endfor %}
    select
        aspect,
        numerator,
        denominator,
        median_value,
        period_start
    from feedback

),

final as (

    select
        aspects.aspect,
        aspects.unit,

        aspects.aspect_order,
        cast(
            coalesce(
                told.median_value,
                {{ safe_ratio('told.numerator', 'told.denominator') }}
            ) as decimal(38, 6)
        ) as value,
        cast(told.numerator as decimal(38, 6)) as numerator,
        cast(told.denominator as decimal(38, 6)) as denominator,

        months.period_end <= {{ as_of_date() }} as is_mature,

        months.period_start
    from months
    cross join aspects
    left join told
        on
            months.period_start = told.period_start
            and aspects.aspect = told.aspect

)

select * from final

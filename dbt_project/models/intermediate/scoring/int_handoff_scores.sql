-- Grain: one row per hand-off of a company that scores its leads (handoff_key).
-- Why: the whole score is fit and engagement; who did nothing has an engagement of 0. Without
-- rules nobody has a row, so that no score looks like a bad one.
with fit as (

    select * from {{ ref('int_handoff_fit_scores') }}

),

engagement as (

    select * from {{ ref('int_handoff_engagement_scores') }}

),

bands as (

    select
        score_band,
        at_least,
        lead(at_least) over (order by at_least) as less_than
    from {{ ref('stg_company__score_bands') }}

),

added as (

    select
        fit.handoff_key,
        fit.fit_score,
        cast(coalesce(engagement.engagement_score, 0) as decimal(18, 6))
            as engagement_score,
        cast(
            fit.fit_score + coalesce(engagement.engagement_score, 0) as decimal(18, 6)
        ) as score
    from fit
    left join engagement
        on fit.handoff_key = engagement.handoff_key

),

final as (

    select
        added.handoff_key,

        bands.score_band,

        added.fit_score,
        added.engagement_score,
        added.score
    from added
    left join bands
        on
            added.score >= bands.at_least
            and coalesce(added.score < bands.less_than, true)

)

select * from final

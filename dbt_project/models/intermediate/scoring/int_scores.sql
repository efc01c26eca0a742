-- Grain: one row per moment with a lead, of a company that scores its leads (moment_key).
-- Why: the whole score is fit and engagement; who did nothing has an engagement of 0. Without
-- rules nobody has a row, so that no score looks like a bad one.
with moments as (

    select * from {{ ref('int_score_moments') }}

),

fit as (

    select * from {{ ref('int_fit_scores') }}

),

engagement as (

    select * from {{ ref('int_engagement_scores') }}

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
        moments.moment_key,
        fit.fit_score,
        cast(coalesce(engagement.engagement_score, 0) as decimal(18, 6))
            as engagement_score,
        cast(
            fit.fit_score + coalesce(engagement.engagement_score, 0) as decimal(18, 6)
        ) as score
    from moments
    inner join fit
        on
            moments.lead_key = fit.lead_key
            and moments.is_account_known = fit.is_account_known
    left join engagement
        on moments.moment_key = engagement.moment_key

),

final as (

    select
        added.moment_key,

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

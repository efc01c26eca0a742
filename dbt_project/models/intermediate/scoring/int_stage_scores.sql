-- Grain: one row per person, cycle and moment at which a stage was entered, of a company that scores its leads (person_key, cycle_number, scored_at).
with moments as (

    select * from {{ ref('int_score_moments') }}
    where cycle_number is not null

),

scores as (

    select * from {{ ref('int_scores') }}

),

final as (

    select
        moments.person_key,

        moments.cycle_number,
        scores.score,

        moments.scored_at
    from moments
    inner join scores
        on moments.moment_key = scores.moment_key

)

select * from final

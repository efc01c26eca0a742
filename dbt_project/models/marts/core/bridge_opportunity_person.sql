-- Grain: one row per opportunity and person (opportunity_key, person_key).
-- Why: the primary contact and the person of the lead, once each, with equal weights that sum
-- to 1, so that a join to people never doubles an amount.
with opportunity_leads as (

    select * from {{ ref('int_opportunity_leads') }}

),

unioned as (

    select
        opportunity_key,
        named_person_key as person_key,
        'primary_person' as link_method,
        1 as precedence
    from opportunity_leads
    where named_person_key is not null
    union all
    select
        opportunity_key,
        lead_person_key as person_key,
        'lead' as link_method,
        2 as precedence
    from opportunity_leads
    where
        lead_person_key is not null
        and lead_person_key is distinct from named_person_key

),

final as (

    select
        {{ surrogate_key(['opportunity_key', 'person_key']) }} as opportunity_person_key,
        opportunity_key,
        person_key,

        case when precedence = 1 then 'primary' else 'lead' end as role,
        link_method,

        cast(1 as decimal(9, 6)) as link_confidence,
        cast(1 / count(*) over (partition by opportunity_key) as decimal(9, 6)) as weight
    from unioned

)

select * from final

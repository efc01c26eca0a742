-- Grain: one row per opportunity and person (opportunity_key, person_key).
-- Why: everybody with a contact role, the primary contact and the person of the lead, once
-- each, with equal weights that sum to 1, so that a join to people never doubles an amount. What
-- equal weights leave in the sixth place goes to the best links.
with opportunity_leads as (

    select * from {{ ref('int_opportunity_leads') }}

),

-- A person's newest role on the as-of date; a role of an unknown person or opportunity has
-- no place here.
contact_roles as (

    select
        opportunity_key,
        person_key,
        role,
        is_primary
    from {{ ref('conformed_opportunity_contact_roles') }}
    where
        person_key is not null
        and coalesce(valid_from <= {{ as_of_date() }}, true)
    qualify row_number() over (
        partition by opportunity_key, person_key
        order by valid_from desc nulls last, source_instance asc, source_id desc
    ) = 1

),

unioned as (

    select
        opportunity_leads.opportunity_key,
        contact_roles.person_key,
        contact_roles.role,
        'contact_role' as link_method,
        case when contact_roles.is_primary then 1 else 2 end as precedence
    from opportunity_leads
    inner join contact_roles
        on opportunity_leads.opportunity_key = contact_roles.opportunity_key
    union all
    select
        opportunity_key,
        named_person_key as person_key,
        'primary' as role,
        'primary_person' as link_method,
        3 as precedence
    from opportunity_leads
    where named_person_key is not null
    union all
    select
        opportunity_key,
        lead_person_key as person_key,
        'lead' as role,
        'lead' as link_method,
        4 as precedence
    from opportunity_leads
    where lead_person_key is not null

),

linked as (

    select * from unioned
    qualify row_number() over (
        partition by opportunity_key, person_key
        order by precedence asc
    ) = 1

),

counted as (

    select
        *,
        count(*) over (partition by opportunity_key) as person_count,
        row_number() over (
            partition by opportunity_key
            order by precedence asc, person_key asc
        ) as person_rank
    from linked

),

-- In millionths, the weight's last place.
shared as (

    select
        *,
        (1000000 - mod(1000000, person_count)) / person_count
        + case when person_rank <= mod(1000000, person_count) then 1 else 0 end
            as millionths
    from counted

),

final as (

    select
        {{ surrogate_key(['opportunity_key', 'person_key']) }} as opportunity_person_key,
        opportunity_key,
        person_key,

        role,
        link_method,

        cast(1 as decimal(9, 6)) as link_confidence,
        cast(millionths / 1000000 as decimal(9, 6)) as weight
    from shared

)

select * from final

-- Grain: one row per opportunity that was deleted on a known day (opportunity_key).
-- Why: on an earlier day it still counted; pay that is closed on that day pays for it.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

final as (

    select
        opportunity_key,

        deleted_date
    from opportunities
    where deleted_date is not null

)

select * from final

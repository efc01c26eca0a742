-- Grain: one row per listed address of a machine and validity (address_kind, address, valid_from).
-- Why: a mailbox is known by its hash alone from here on, as everybody's is.
with source as (

    select * from {{ source('rules', 'machine_address') }}

),

final as (

    select
        kind as address_kind,
        case when kind <> 'email' then {{ normalised('address') }} end as address,
        case when kind = 'email' then {{ email_hash('address') }} end as email_hash,
        first_address,
        last_address,
        reason,
        valid_from,
        valid_to
    from source

)

select * from final

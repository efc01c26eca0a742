-- Grain: one row per account, the unknown one included (account_key).
-- Why: recurring revenue is the customer's, and the customer is the top of a chain of parents.
-- A chain that bites its own tail has no top: its smallest key stands for all of it.
{% set longest_chain = 20 %}
with recursive accounts as (

    select * from {{ ref('dim_account') }}

),

walked as (

    select
        account_key,
        account_key as ancestor_key,
        0 as generation
    from accounts
    union all
    select
        walked.account_key,
        accounts.parent_account_key as ancestor_key,
        walked.generation + 1 as generation
    from walked
    inner join accounts
        on walked.ancestor_key = accounts.account_key
    where
        accounts.parent_account_key is not null
        and walked.generation < {{ longest_chain }}

),

ended as (

    select
        walked.account_key,
        max(walked.ancestor_key) filter (where accounts.parent_account_key is null)
            as top_account_key,
        min(walked.ancestor_key) as smallest_account_key
    from walked
    inner join accounts
        on walked.ancestor_key = accounts.account_key
    group by walked.account_key

),

final as (

    select
        account_key,
        coalesce(top_account_key, smallest_account_key) as parent_account_key
    from ended

)

select * from final

-- Fails on every window from which more was taken back late than it had paid.
with late_lines as (

    select * from {{ ref('int_comp_late_lines') }}

),

capped_lines as (

    select * from {{ ref('int_comp_capped_lines') }}

),

windows as (

    select
        root_key,
        max(window_key) as window_key
    from capped_lines
    group by root_key

),

unioned as (

    select
        window_key,
        amount,
        0 as late_amount
    from capped_lines
    union all
    select
        windows.window_key,
        late_lines.amount,
        late_lines.amount as late_amount
    from late_lines
    inner join windows
        on late_lines.root_key = windows.root_key

),

final as (

    select
        window_key,
        sum(amount) as amount,
        sum(late_amount) as late_amount
    from unioned
    group by window_key
    having sum(late_amount) < 0 and sum(amount) < 0

)

select * from final

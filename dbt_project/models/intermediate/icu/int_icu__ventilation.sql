-- Episodes of oxygen support and ventilation.
-- Grain: one episode of one intensive care stay.
-- Source: icu-definitions.md section 5. A new episode starts when the status changes, or 14 hours
-- or more after the last row of the same status. It ends at the next row of any status, or at its
-- own last row when the next is 14 hours or more later. Episodes of one row are dropped.
with neighbours as (
    select
        stay_id,
        charted_at,
        status,
        lag(status) over (partition by stay_id order by charted_at) as status_before,
        lag(charted_at) over (partition by stay_id, status order by charted_at) as same_before_at,
        lead(charted_at) over (partition by stay_id order by charted_at) as next_at
    from {{ ref('int_icu__oxygen_support') }}
),

numbered as (
    select
        *,
        sum(
            case
                when status_before is null or status_before != status then 1
                when charted_at >= same_before_at + interval 14 hours then 1
                else 0
            end
        ) over (partition by stay_id order by charted_at) as episode_no
    from neighbours
)

select
    stay_id,
    min(status) as status,
    min(charted_at) as started_at,
    max(
        case when next_at < charted_at + interval 14 hours then next_at else charted_at end
    ) as ended_at
from numbered
group by stay_id, episode_no
having count(*) > 1

-- Clock of each intensive care stay.
-- Grain: one intensive care stay; every stay of the source is here.
-- Source: icu-definitions.md section 0. The clock runs from the first to the last heart rate of the
-- stay, found within a month of it (a slip of the date must not stretch the hours); without any,
-- from admission to discharge of the unit. Hour 0 ends at the first full hour at or after its
-- start.
with beats as (
    select
        stays.stay_id,
        min(charted.charted_at) as first_at,
        max(charted.charted_at) as last_at
    from {{ ref('stg_mimiciv_icu__icustays') }} as stays
    inner join {{ ref('int_icu__charted') }} as charted
        on stays.stay_id = charted.stay_id
    where
        charted.itemid = 220045
        and charted.charted_at > stays.arrived_at - interval 1 month
        and charted.charted_at < coalesce(stays.left_at, stays.arrived_at) + interval 1 month
    group by stays.stay_id
),

clocks as (
    select
        stays.subject_id,
        stays.hadm_id,
        stays.stay_id,
        stays.arrived_at,
        stays.left_at,
        coalesce(beats.first_at, stays.arrived_at) as clock_from,
        coalesce(
            beats.last_at, greatest(stays.left_at, stays.arrived_at), stays.arrived_at
        ) as clock_to
    from {{ ref('stg_mimiciv_icu__icustays') }} as stays
    left join beats
        on stays.stay_id = beats.stay_id
)

select
    subject_id,
    hadm_id,
    stay_id,
    arrived_at,
    left_at,
    clock_from,
    clock_to,
    date_trunc('hour', clock_from)
    + case when clock_from > date_trunc('hour', clock_from) then 1 else 0 end
    * interval 1 hour as first_hour_ends_at,
    cast(ceil({{ hours_between('clock_from', 'clock_to') }}) as bigint) as last_hour
from clocks

-- Body weight of each stay over time.
-- Grain: one span of time of one intensive care stay.
-- Source: icu-definitions.md section 1: admission weight 226512 and daily weight 224639, more than
-- 0 and less than 1500 kg. The first admission weight holds from 2 h before the stay, each weight
-- until the next, the last until 2 h after the stay; a gap at the start takes the first weight. A
-- span holds a moment when started_at < moment <= ended_at.
with readings as (
    select
        stay_id,
        charted_at,
        round(avg(value_num), 4) as weight_kg,
        bool_or(itemid = 226512) as is_admission_weight
    from {{ ref('int_icu__charted') }}
    where
        itemid in (226512, 224639)
        and {{ is_valid_vital("'vital_weight'", 'value_num') }}
    group by stay_id, charted_at
),

ranked as (
    select
        readings.stay_id,
        readings.charted_at,
        readings.weight_kg,
        stays.arrived_at - interval 2 hours as valid_from,
        coalesce(stays.left_at, stays.clock_to) + interval 2 hours as valid_to,
        readings.is_admission_weight
        and row_number() over (
            partition by readings.stay_id, readings.is_admission_weight
            order by readings.charted_at
        ) = 1 as is_first_admission_weight
    from readings
    inner join {{ ref('int_icu__stays') }} as stays
        on readings.stay_id = stays.stay_id
),

placed as (
    select
        *,
        case when is_first_admission_weight then valid_from else charted_at end as held_from
    from ranked
),

ordered as (
    select
        *,
        row_number() over (partition by stay_id order by held_from, charted_at) as span_no,
        lead(held_from) over (partition by stay_id order by held_from, charted_at) as next_from
    from placed
),

spans as (
    select
        stay_id,
        case when span_no = 1 then least(held_from, valid_from) else held_from end as started_at,
        coalesce(next_from, greatest(valid_to, held_from + interval 2 hours)) as ended_at,
        weight_kg
    from ordered
)

select
    stay_id,
    started_at,
    ended_at,
    weight_kg
from spans
where started_at < ended_at

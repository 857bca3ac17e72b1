-- Serial measurements of the scenarios, as monitoring actions of the catalogue: private.
-- Grain: one admission and monitoring action; the time is that at which the series became one.
-- Source: actions.csv, mimic_match: troponin twice within 24 h, lactate twice within 6 h with the
-- first above 2 mmol/L, hemoglobin or hematocrit and sodium or potassium three times within 24 h.
-- Two values of one draw are one.
with series (action_id, itemid, times, within_hours, first_above) as (
    values
    ('mon_serial_troponin', 51003, 2, 24, null),
    ('mon_serial_lactate', 50813, 2, 6, 2.0),
    ('mon_serial_hgb', 51222, 3, 24, null),
    ('mon_serial_hgb', 51221, 3, 24, null),
    ('mon_serial_electrolytes', 50971, 3, 24, null),
    ('mon_serial_electrolytes', 50983, 3, 24, null)
),

selected as (
    select distinct
        subject_id,
        hadm_id,
        t0
    from {{ ref('int_cohorts__selected') }}
),

draws as (
    select
        selected.hadm_id,
        series.action_id,
        series.times,
        series.within_hours,
        series.first_above,
        labs.charted_at,
        max(labs.value_num) as value_num
    from {{ ref('stg_mimiciv_hosp__labevents') }} as labs
    inner join selected
        on labs.hadm_id = selected.hadm_id
    inner join series
        on labs.itemid = series.itemid
    group by
        selected.hadm_id, series.action_id, series.times, series.within_hours, series.first_above,
        labs.charted_at
),

reached as (
    select
        *,
        case
            when times = 2
                then lag(charted_at, 1) over (
                    partition by hadm_id, action_id order by charted_at
                )
            else lag(charted_at, 2) over (partition by hadm_id, action_id order by charted_at)
        end as first_at,
        lag(value_num, 1) over (partition by hadm_id, action_id order by charted_at)
            as value_before
    from draws
)

select
    hadm_id,
    action_id,
    'labevents' as source,
    min(charted_at) as done_at
from reached
where
    charted_at <= first_at + to_hours(within_hours)
    and (first_above is null or value_before > first_above)
group by hadm_id, action_id

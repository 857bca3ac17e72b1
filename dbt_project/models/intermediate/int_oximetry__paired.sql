-- Saturations of arterial blood with the pulse oximeter's reading beside them.
-- Grain: one pair of an admission under examination.
-- Source: mimic-schema.md section 7. Both are percent; a value that is not above 0 and at most 100
-- is none. The table has no store time: a blood gas is read at the analyser within minutes, and 30
-- minutes after the later of the two is taken as available. The offset's sign is not documented, so
-- the distance alone is told.
select
    pairs.hadm_id,
    'lab_bg_so2' as test_id,
    'Oxygen saturation, arterial, paired with pulse oximetry' as label,
    concat(
        {{ number_text('pairs.sao2_pct') }},
        ' (pulse oximeter ',
        {{ number_text('pairs.spo2_pct') }},
        ' %, ',
        cast(round(abs(coalesce(pairs.spo2_offset_min, 0))) as integer),
        ' min apart)'
    ) as value_text,
    pairs.sao2_pct as value_num,
    '%' as unit,
    pairs.taken_at,
    pairs.taken_at
    + to_minutes(30 + cast(ceil(abs(coalesce(pairs.spo2_offset_min, 0))) as integer))
        as available_at
from {{ ref('stg_mimiciv_pulseox__pulseox_data') }} as pairs
inner join {{ ref('int_admissions__examined') }} as examined
    on pairs.hadm_id = examined.hadm_id
where
    pairs.sao2_pct > 0
    and pairs.sao2_pct <= 100
    and pairs.spo2_pct > 0
    and pairs.spo2_pct <= 100

-- Routine vital signs charted in the emergency department.
-- Grain: one set of vital signs of a stay.
select
    landed.subject_id,
    landed.stay_id,
    landed.charttime as charted_at,
    landed.temperature as temperature_f,
    landed.heartrate as heart_rate_bpm,
    landed.resprate as resp_rate_per_min,
    landed.o2sat as spo2_pct,
    cast(landed.sbp as double) as sbp_mmhg,
    cast(landed.dbp as double) as dbp_mmhg,
    landed.rhythm,
    landed.pain
from {{ raw('ed', 'vitalsign') }} as landed

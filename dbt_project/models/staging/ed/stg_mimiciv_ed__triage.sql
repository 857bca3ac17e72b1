-- Triage of an emergency department stay.
-- Grain: one emergency department stay.
select
    landed.subject_id,
    landed.stay_id,
    landed.temperature as temperature_f,
    landed.heartrate as heart_rate_bpm,
    landed.resprate as resp_rate_per_min,
    landed.o2sat as spo2_pct,
    cast(landed.sbp as double) as sbp_mmhg,
    cast(landed.dbp as double) as dbp_mmhg,
    landed.pain,
    cast(landed.acuity as integer) as acuity,
    landed.chiefcomplaint as chief_complaint
from {{ raw('ed', 'triage') }} as landed

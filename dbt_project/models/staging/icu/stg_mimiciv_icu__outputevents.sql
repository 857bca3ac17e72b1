-- Fluids that left the patient in intensive care.
-- Grain: one output.
select
    landed.subject_id,
    landed.hadm_id,
    landed.stay_id,
    landed.caregiver_id,
    landed.charttime as charted_at,
    landed.storetime as stored_at,
    landed.itemid,
    landed.value as volume_ml,
    landed.valueuom as value_unit
from {{ raw('icu', 'outputevents') }} as landed

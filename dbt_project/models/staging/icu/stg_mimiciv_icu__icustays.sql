-- Intensive care stays.
-- Grain: one intensive care stay.
select
    landed.subject_id,
    landed.hadm_id,
    landed.stay_id,
    landed.first_careunit,
    landed.last_careunit,
    landed.intime as arrived_at,
    landed.outtime as left_at,
    landed.los as los_days
from {{ raw('icu', 'icustays') }} as landed

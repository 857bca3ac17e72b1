-- Movements between units, emergency department included.
-- Grain: one stay in one unit.
select
    landed.subject_id,
    landed.hadm_id,
    landed.transfer_id,
    landed.eventtype,
    landed.careunit,
    landed.intime as arrived_at,
    landed.outtime as left_at
from {{ raw('hosp', 'transfers') }} as landed

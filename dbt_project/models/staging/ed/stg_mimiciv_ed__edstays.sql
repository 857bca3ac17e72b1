-- Emergency department stays.
-- Grain: one emergency department stay.
select
    landed.subject_id,
    landed.hadm_id,
    landed.stay_id,
    landed.intime as arrived_at,
    landed.outtime as left_at,
    landed.gender as sex,
    landed.race,
    landed.arrival_transport,
    landed.disposition as ed_disposition
from {{ raw('ed', 'edstays') }} as landed

-- Clinical service that cared for the patient.
-- Grain: one change of service.
select
    landed.subject_id,
    landed.hadm_id,
    landed.transfertime as transferred_at,
    landed.prev_service,
    landed.curr_service
from {{ raw('hosp', 'services') }} as landed

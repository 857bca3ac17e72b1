-- MIMIC-III's services in the shape of MIMIC-IV's.
-- Grain: one change of service.
select
    subject_id,
    hadm_id,
    transfertime,
    prev_service,
    curr_service
from {{ source('mimiciii', 'services') }}

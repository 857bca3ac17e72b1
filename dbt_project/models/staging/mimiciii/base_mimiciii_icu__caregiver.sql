-- MIMIC-III's caregivers in the shape of MIMIC-IV's.
-- Grain: one caregiver.
select cgid as caregiver_id
from {{ source('mimiciii', 'caregivers') }}

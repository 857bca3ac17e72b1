-- Intensive care caregivers, by deidentified id.
-- Grain: one caregiver.
select landed.caregiver_id
from {{ source('mimiciv_icu', 'caregiver') }} as landed

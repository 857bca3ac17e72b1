-- Intensive care caregivers, by deidentified id.
-- Grain: one caregiver.
select landed.caregiver_id
from {{ raw('icu', 'caregiver') }} as landed

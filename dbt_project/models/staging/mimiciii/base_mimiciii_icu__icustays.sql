-- MIMIC-III's intensive care stays in the shape of MIMIC-IV's.
-- Grain: one intensive care stay.
select
    subject_id,
    hadm_id,
    icustay_id as stay_id,
    {{ mimiciii_care_unit('first_careunit') }} as first_careunit,
    {{ mimiciii_care_unit('last_careunit') }} as last_careunit,
    intime,
    outtime,
    los
from {{ source('mimiciii', 'icustays') }}

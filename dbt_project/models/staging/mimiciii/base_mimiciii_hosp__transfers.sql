-- MIMIC-III's movements in the shape of MIMIC-IV's.
-- Grain: one stay in one ward. Wards other than intensive care have no name.
select
    subject_id,
    hadm_id,
    row_id as transfer_id,
    eventtype,
    {{ mimiciii_care_unit('curr_careunit') }} as careunit,
    intime,
    outtime
from {{ source('mimiciii', 'transfers') }}

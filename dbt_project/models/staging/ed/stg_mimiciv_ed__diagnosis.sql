-- Diagnoses billed for an emergency department stay.
-- Grain: one billed diagnosis.
select
    landed.subject_id,
    landed.stay_id,
    landed.seq_num,
    trim(landed.icd_code) as icd_code,
    landed.icd_version,
    landed.icd_title
from {{ raw('ed', 'diagnosis') }} as landed

-- Billed diagnoses of an admission, coded after discharge.
-- Grain: one billed diagnosis.
select
    landed.subject_id,
    landed.hadm_id,
    landed.seq_num,
    trim(landed.icd_code) as icd_code,
    landed.icd_version
from {{ raw('hosp', 'diagnoses_icd') }} as landed

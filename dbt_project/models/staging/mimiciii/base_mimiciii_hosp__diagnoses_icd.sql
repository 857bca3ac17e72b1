-- MIMIC-III's billed diagnoses in the shape of MIMIC-IV's: all of them ICD-9.
-- Grain: one billed diagnosis.
select
    subject_id,
    hadm_id,
    seq_num,
    icd9_code as icd_code,
    cast(9 as smallint) as icd_version
from {{ source('mimiciii', 'diagnoses_icd') }}
where seq_num is not null and icd9_code is not null

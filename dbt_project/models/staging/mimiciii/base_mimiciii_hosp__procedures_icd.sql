-- MIMIC-III's billed procedures in the shape of MIMIC-IV's: all of them ICD-9.
-- Grain: one billed procedure.
-- MIMIC-III does not say on which day: each counts from the day of admission, the earliest that it
-- can have been, so that no scenario shows what came after a treatment (leak-prevention rule 2).
select
    coded.subject_id,
    coded.hadm_id,
    coded.seq_num,
    cast(least(admissions.edregtime, admissions.admittime) as date) as chartdate,
    coded.icd9_code as icd_code,
    cast(9 as smallint) as icd_version
from {{ source('mimiciii', 'procedures_icd') }} as coded
inner join {{ source('mimiciii', 'admissions') }} as admissions
    on coded.hadm_id = admissions.hadm_id

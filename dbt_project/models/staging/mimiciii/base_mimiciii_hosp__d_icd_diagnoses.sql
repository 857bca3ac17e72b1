-- MIMIC-III's dictionary of ICD-9 diagnoses in the shape of MIMIC-IV's.
-- Grain: one code.
select
    icd9_code as icd_code,
    cast(9 as smallint) as icd_version,
    long_title
from {{ source('mimiciii', 'd_icd_diagnoses') }}

-- MIMIC-III's diagnosis-related groups in the shape of MIMIC-IV's.
-- Grain: one billed group of one admission.
select
    subject_id,
    hadm_id,
    drg_type,
    drg_code,
    description,
    drg_severity,
    drg_mortality
from {{ source('mimiciii', 'drgcodes') }}

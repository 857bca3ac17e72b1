-- Diagnosis-related groups billed for an admission.
-- Grain: one billed group of one admission.
select
    landed.subject_id,
    landed.hadm_id,
    landed.drg_type,
    landed.drg_code,
    landed.description,
    landed.drg_severity,
    landed.drg_mortality
from {{ raw('hosp', 'drgcodes') }} as landed

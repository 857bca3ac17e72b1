-- Atrial fibrillation / flutter with rapid ventricular response.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'cardiology', 'condition': 'atrial_fibrillation'}) }}
with screened as (
    {{ screened('atrial_fibrillation') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Acute pericarditis.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'cardiology', 'condition': 'acute_pericarditis'}) }}
with screened as (
    {{ screened('acute_pericarditis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

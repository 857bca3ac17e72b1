-- Acetaminophen overdose.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'emergency_medicine', 'condition': 'acetaminophen_overdose'}) }}
with screened as (
    {{ screened('acetaminophen_overdose') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

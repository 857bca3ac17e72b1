-- Seizure / status epilepticus.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'neurology', 'condition': 'seizure'}) }}
with screened as (
    {{ screened('seizure') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

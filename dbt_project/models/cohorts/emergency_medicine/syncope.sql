-- Syncope.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'emergency_medicine', 'condition': 'syncope'}) }}
with screened as (
    {{ screened('syncope') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

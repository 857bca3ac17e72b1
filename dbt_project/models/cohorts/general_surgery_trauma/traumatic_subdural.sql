-- Subdural hematoma (traumatic or non-traumatic).
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'general_surgery_trauma', 'condition': 'traumatic_subdural'}) }}
with screened as (
    {{ screened('traumatic_subdural') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Unstable angina.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'cardiology', 'condition': 'unstable_angina'}) }}
with screened as (
    {{ screened('unstable_angina') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

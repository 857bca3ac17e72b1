-- Hip fracture.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'general_surgery_trauma', 'condition': 'hip_fracture'}) }}
with screened as (
    {{ screened('hip_fracture') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

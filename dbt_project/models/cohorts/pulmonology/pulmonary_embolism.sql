-- Acute pulmonary embolism.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'pulmonology', 'condition': 'pulmonary_embolism'}) }}
with screened as (
    {{ screened('pulmonary_embolism') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Blunt splenic injury.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'general_surgery_trauma', 'condition': 'splenic_injury'}) }}
with screened as (
    {{ screened('splenic_injury') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

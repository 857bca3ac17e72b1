-- Transient ischemic attack.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'neurology', 'condition': 'tia'}) }}
with screened as (
    {{ screened('tia') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

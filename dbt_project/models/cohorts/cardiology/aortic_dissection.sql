-- Acute aortic dissection.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'cardiology', 'condition': 'aortic_dissection'}) }}
with screened as (
    {{ screened('aortic_dissection') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

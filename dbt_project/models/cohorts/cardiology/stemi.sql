-- ST-elevation myocardial infarction.
-- Grain: one admission.
-- exclusion_extra (already diagnosed at another hospital): transfers are dropped by a rule that all
-- cohorts share.
{{ config(meta={'category': 'cardiology', 'condition': 'stemi'}) }}
with screened as (
    {{ screened('stemi') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Non-ST-elevation myocardial infarction.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'cardiology', 'condition': 'nstemi'}) }}
with screened as (
    {{ screened('nstemi') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

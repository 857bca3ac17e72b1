-- Influenza.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'infectious_disease', 'condition': 'influenza'}) }}
with screened as (
    {{ screened('influenza') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

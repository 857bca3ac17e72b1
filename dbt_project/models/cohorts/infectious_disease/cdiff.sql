-- Clostridioides difficile infection.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'infectious_disease', 'condition': 'cdiff'}) }}
with screened as (
    {{ screened('cdiff') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

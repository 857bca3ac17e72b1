-- Hypercalcemia.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'endocrinology', 'condition': 'hypercalcemia'}) }}
with screened as (
    {{ screened('hypercalcemia') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

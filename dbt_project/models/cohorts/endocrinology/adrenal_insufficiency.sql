-- Adrenal insufficiency / adrenal crisis.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'endocrinology', 'condition': 'adrenal_insufficiency'}) }}
with screened as (
    {{ screened('adrenal_insufficiency') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

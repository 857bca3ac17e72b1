-- Acute pancreatitis.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'gastroenterology', 'condition': 'acute_pancreatitis'}) }}
with screened as (
    {{ screened('acute_pancreatitis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

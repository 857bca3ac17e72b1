-- Inflammatory bowel disease flare.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'gastroenterology', 'condition': 'ibd_flare'}) }}
with screened as (
    {{ screened('ibd_flare') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

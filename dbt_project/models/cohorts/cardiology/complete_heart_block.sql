-- High-grade atrioventricular block.
-- Grain: one admission.
-- No rule beyond those that all cohorts share. I44.1 also covers Mobitz I: the electrocardiogram
-- is a required test.
{{ config(meta={'category': 'cardiology', 'condition': 'complete_heart_block'}) }}
with screened as (
    {{ screened('complete_heart_block') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Obstructing ureteral / renal stone.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'nephrology', 'condition': 'nephrolithiasis'}) }}
with screened as (
    {{ screened('nephrolithiasis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

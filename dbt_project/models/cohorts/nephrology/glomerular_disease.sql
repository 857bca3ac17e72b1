-- Nephrotic / nephritic syndrome.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'nephrology', 'condition': 'glomerular_disease'}) }}
with screened as (
    {{ screened('glomerular_disease') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

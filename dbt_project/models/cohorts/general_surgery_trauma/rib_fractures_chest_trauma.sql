-- Rib fractures / traumatic pneumo- or hemothorax.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'general_surgery_trauma', 'condition': 'rib_fractures_chest_trauma'}) }}
with screened as (
    {{ screened('rib_fractures_chest_trauma') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Perforated hollow viscus (peptic ulcer, bowel).
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'general_surgery_trauma', 'condition': 'perforated_viscus'}) }}
with screened as (
    {{ screened('perforated_viscus') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

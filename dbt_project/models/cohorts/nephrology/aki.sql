-- Acute kidney injury.
-- Grain: one admission.
-- exclusion_extra: dialysis or end-stage kidney disease.
{{ config(meta={'category': 'nephrology', 'condition': 'aki'}) }}
with screened as (
    {{ screened('aki') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where not {{ has_diagnosis('screened', ['N186', 'Z992'], ['5856', 'V4511']) }}

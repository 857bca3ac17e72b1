-- Severe symptomatic anemia (iron deficiency / blood loss).
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'hematology_oncology', 'condition': 'symptomatic_anemia'}) }}
with screened as (
    {{ screened('symptomatic_anemia') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Bacterial meningitis.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'neurology', 'condition': 'bacterial_meningitis'}) }}
with screened as (
    {{ screened('bacterial_meningitis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

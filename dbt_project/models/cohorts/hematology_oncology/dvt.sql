-- Acute lower-extremity deep vein thrombosis.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'hematology_oncology', 'condition': 'dvt'}) }}
with screened as (
    {{ screened('dvt') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

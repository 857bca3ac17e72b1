-- Sickle cell pain crisis / acute chest syndrome.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'hematology_oncology', 'condition': 'sickle_cell_crisis'}) }}
with screened as (
    {{ screened('sickle_cell_crisis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Pleural effusion (non-malignant or unspecified, incl. empyema).
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'pulmonology', 'condition': 'pleural_effusion'}) }}
with screened as (
    {{ screened('pleural_effusion') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

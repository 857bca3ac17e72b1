-- Thrombotic microangiopathy (TTP/HUS).
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'hematology_oncology', 'condition': 'ttp_tma'}) }}
with screened as (
    {{ screened('ttp_tma') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

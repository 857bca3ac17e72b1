-- Acute leukemia (new presentation).
-- Grain: one admission.
-- exclusion_extra: an admission for planned chemotherapy (Z51.11, V58.11 at position 1). The rule
-- planned_therapy, which all cohorts share, drops it; leukemia in remission or relapse has codes
-- of its own, which are no code of this condition.
{{ config(meta={'category': 'hematology_oncology', 'condition': 'acute_leukemia'}) }}
with screened as (
    {{ screened('acute_leukemia') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

-- Acute appendicitis.
-- Grain: one admission.
-- exclusion_extra: chronic or unspecified appendicitis and other diseases of the appendix (K36,
-- K37, 541, 542).
{{ config(meta={'category': 'general_surgery_trauma', 'condition': 'appendicitis'}) }}
with screened as (
    {{ screened('appendicitis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where not {{ has_diagnosis('screened', ['K36', 'K37'], ['541', '542']) }}

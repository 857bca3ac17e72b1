-- Non-cardiac / unspecified chest pain (ruled out).
-- Grain: one admission.
-- inclusion_extra: an emergency department stay, as in all cohorts (via_ed). A negative control:
-- nothing serious is found.
{{ config(meta={'category': 'emergency_medicine', 'condition': 'chest_pain_nonspecific'}) }}
with screened as (
    {{ screened('chest_pain_nonspecific') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

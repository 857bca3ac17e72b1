-- Anaphylaxis.
-- Grain: one admission.
-- inclusion_extra: an emergency department stay, as in all cohorts (via_ed).
{{ config(meta={'category': 'emergency_medicine', 'condition': 'anaphylaxis'}) }}
with screened as (
    {{ screened('anaphylaxis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened

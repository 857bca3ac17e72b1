-- Septic shock.
-- Grain: one admission.
-- code_support: a sepsis code at any position. inclusion_extra: an intensive care stay, begun
-- within 24 h of arrival (the condition may be coded at any position: one_use).
{{ config(meta={'category': 'intensive_care', 'condition': 'septic_shock'}) }}
with screened as (
    {{ screened('septic_shock') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    {{ is_in_icu_within('screened', 24) }}
    and {{ has_diagnosis(
        'screened', ['A40', 'A41', 'A021', 'A227', 'A267', 'A327', 'A427', 'B377'], ['038']
    ) }}

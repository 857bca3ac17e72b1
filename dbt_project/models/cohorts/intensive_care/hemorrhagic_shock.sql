-- Hemorrhagic / hypovolemic shock.
-- Grain: one admission.
-- inclusion_extra: an intensive care stay, begun within 24 h of arrival (the condition may be
-- coded at any position: one_use).
{{ config(meta={'category': 'intensive_care', 'condition': 'hemorrhagic_shock'}) }}
with screened as (
    {{ screened('hemorrhagic_shock') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where {{ is_in_icu_within('screened', 24) }}

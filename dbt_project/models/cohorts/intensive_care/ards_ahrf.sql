-- Acute hypoxemic / hypercapnic respiratory failure and ARDS.
-- Grain: one admission.
-- inclusion_extra: an intensive care stay, begun within the 72 h that a scenario can last.
{{ config(meta={'category': 'intensive_care', 'condition': 'ards_ahrf'}) }}
with screened as (
    {{ screened('ards_ahrf') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where {{ is_in_icu_within('screened', 72) }}

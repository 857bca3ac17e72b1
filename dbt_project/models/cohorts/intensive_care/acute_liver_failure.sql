-- Acute liver failure.
-- Grain: one admission.
-- exclusion_extra: chronic liver disease at any position makes it another illness.
{{ config(meta={'category': 'intensive_care', 'condition': 'acute_liver_failure'}) }}
with screened as (
    {{ screened('acute_liver_failure') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    not {{ has_diagnosis(
        'screened', ['K7030', 'K7460', 'K7469'], ['5712', '5715', '5716']
    ) }}

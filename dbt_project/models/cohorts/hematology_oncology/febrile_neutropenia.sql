-- Febrile neutropenia.
-- Grain: one admission.
-- code_support: a code of fever with neutropenia (R50.81, 780.61), or 38.0 C or more in the
-- emergency department or charted in intensive care within 24 h of arrival.
{{ config(meta={'category': 'hematology_oncology', 'condition': 'febrile_neutropenia'}) }}
with screened as (
    {{ screened('febrile_neutropenia') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    {{ has_diagnosis('screened', ['R5081'], ['78061']) }}
    or exists (
        select 1
        from {{ ref('int_vitals__charted') }} as vitals
        where
            vitals.hadm_id = screened.hadm_id
            and vitals.test_id = 'vital_temp'
            and vitals.taken_at <= screened.t0 + interval 24 hours
            and vitals.value_num >= 38.0
    )

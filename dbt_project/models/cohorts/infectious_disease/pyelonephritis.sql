-- Acute pyelonephritis / complicated UTI.
-- Grain: one admission.
-- code_support: N39.0 and 599.0 name no site: they need 38.0 C or more in the emergency
-- department, or a urine culture with an organism that is no mixed flora. (Flank pain cannot be
-- told without notes.)
{{ config(meta={'category': 'infectious_disease', 'condition': 'pyelonephritis'}) }}
with screened as (
    {{ screened('pyelonephritis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    not {{ code_starts_with(
        'screened.target_code', 'screened.target_version', ['N390'], ['5990']
    ) }}
    or exists (
        select 1
        from {{ ref('int_vitals__charted') }} as vitals
        where
            vitals.hadm_id = screened.hadm_id
            and vitals.test_id = 'vital_temp'
            and (starts_with(vitals.label, 'triage') or starts_with(vitals.label, 'vitalsign'))
            and vitals.value_num >= 38.0
    )
    or exists (
        select 1
        from {{ ref('int_cultures__resulted') }} as cultures
        where
            cultures.hadm_id = screened.hadm_id
            and cultures.test_id = 'micro_urine_cx'
            and cultures.taken_at <= screened.t0 + interval 72 hours
            and cultures.has_pathogen
    )

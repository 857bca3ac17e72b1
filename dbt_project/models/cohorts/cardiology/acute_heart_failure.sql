-- Acute decompensated heart failure.
-- Grain: one admission.
-- code_support: a hypertensive heart disease code (I11.0, I13.x, 402, 404) must come with a code
-- of acute heart failure. exclusion_extra: dialysis-dependent kidney failure; infarction at
-- position 1.
{{ config(meta={'category': 'cardiology', 'condition': 'acute_heart_failure'}) }}
with screened as (
    {{ screened('acute_heart_failure') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    (
        not {{ code_starts_with(
            'screened.target_code', 'screened.target_version',
            ['I110', 'I130', 'I132'], ['402', '404']
        ) }}
        or {{ has_diagnosis(
            'screened',
            ['I5021', 'I5023', 'I5031', 'I5033', 'I5041', 'I5043'],
            ['4280', '42821', '42823', '42831', '42833', '42841', '42843']
        ) }}
    )
    and not {{ has_diagnosis('screened', ['N186'], ['5856']) }}
    and not {{ has_diagnosis('screened', ['I21'], ['410'], 1) }}

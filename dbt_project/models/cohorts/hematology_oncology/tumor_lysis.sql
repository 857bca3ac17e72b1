-- Tumor lysis syndrome.
-- Grain: one admission.
-- code_support: uric acid above 8 mg/dL or phosphate above 4.5 mg/dL, taken within 48 h of
-- arrival.
{{ config(meta={'category': 'hematology_oncology', 'condition': 'tumor_lysis'}) }}
with screened as (
    {{ screened('tumor_lysis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    exists (
        select 1
        from {{ ref('int_labs__resulted') }} as labs
        where
            labs.hadm_id = screened.hadm_id
            and labs.taken_at <= screened.t0 + interval 48 hours
            and (
                (labs.test_id = 'lab_uric_acid' and labs.value_num > 8)
                or (labs.test_id = 'lab_phos' and labs.value_num > 4.5)
            )
    )

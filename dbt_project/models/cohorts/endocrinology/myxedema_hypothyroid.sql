-- Severe hypothyroidism / myxedema coma.
-- Grain: one admission.
-- code_support: hypothyroidism is coded in many who come for something else: a TSH above its limit
-- and a free T4 below it, both taken between 24 h before arrival and 72 h after.
{{ config(meta={'category': 'endocrinology', 'condition': 'myxedema_hypothyroid'}) }}
with screened as (
    {{ screened('myxedema_hypothyroid') }}
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
            and labs.test_id = 'lab_tsh'
            and labs.value_num > labs.ref_high
            and labs.taken_at between screened.t0 - interval 24 hours
            and screened.t0 + interval 72 hours
    )
    and exists (
        select 1
        from {{ ref('int_labs__resulted') }} as labs
        where
            labs.hadm_id = screened.hadm_id
            and labs.test_id = 'lab_ft4'
            and labs.value_num < labs.ref_low
            and labs.taken_at between screened.t0 - interval 24 hours
            and screened.t0 + interval 72 hours
    )

-- Hypertensive emergency / urgency.
-- Grain: one admission.
-- code_support: systolic pressure of 180 mm Hg or more, or diastolic of 120 or more, at triage or
-- in the first set of vital signs of the emergency department.
{{ config(meta={'category': 'emergency_medicine', 'condition': 'hypertensive_emergency'}) }}
with screened as (
    {{ screened('hypertensive_emergency') }}
),

first_pressures as (
    select
        hadm_id,
        test_id,
        value_num
    from {{ ref('int_vitals__charted') }}
    where
        test_id in ('vital_sbp', 'vital_dbp')
        and (starts_with(label, 'triage') or starts_with(label, 'vitalsign'))
    qualify
        rank() over (
            partition by hadm_id, test_id, starts_with(label, 'triage')
            order by taken_at
        ) = 1
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
        from first_pressures
        where
            first_pressures.hadm_id = screened.hadm_id
            and (
                (first_pressures.test_id = 'vital_sbp' and first_pressures.value_num >= 180)
                or (first_pressures.test_id = 'vital_dbp' and first_pressures.value_num >= 120)
            )
    )

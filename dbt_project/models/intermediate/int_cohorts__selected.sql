-- The scenarios: keys and times only.
-- Grain: one scenario, which is one admission.
-- Ids are hashes: they carry no order and no number of the source (leak-prevention rule 9). They
-- stay inside the enclave all the same: the space of admissions can be hashed through.
select
    left(
        sha256('medcred|' || {{ release_literal() }} || '|' || hadm_id), 16
    ) as scenario_id,
    left(
        sha256('medcred|' || {{ release_literal() }} || '|patient|' || subject_id), 16
    ) as patient_key,
    category,
    condition_id,
    subject_id,
    hadm_id,
    stay_id,
    t0,
    decision_at,
    {{ hours_between('t0', 'decision_at') }} as decision_hours,
    target_code,
    target_version
from {{ ref('int_cohorts__placed') }}
where outcome = 'selected'

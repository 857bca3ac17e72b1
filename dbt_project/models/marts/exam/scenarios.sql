-- What a candidate may be told at t0.
-- Grain: one scenario.
{{ config(post_hook="{{ export_mart('scenario_id') }}") }}
select
    selected.scenario_id,
    selected.category,
    {{ release_literal() }} as release, -- noqa: RF04
    'admission' as kind,
    selected.patient_key,
    selected.decision_hours,
    told.age_years,
    told.sex,
    told.arrival,
    told.chief_complaint,
    told.temperature_c,
    told.heart_rate_bpm,
    told.resp_rate_per_min,
    told.spo2_pct,
    told.sbp_mmhg,
    told.dbp_mmhg,
    told.pain,
    told.acuity,
    told.home_drugs,
    told.past_diagnoses,
    told.history,
    told.past_history,
    told.social_history,
    told.family_history,
    told.allergies
from {{ ref('int_cohorts__selected') }} as selected
inner join {{ ref('int_presentations__told') }} as told
    on selected.hadm_id = told.hadm_id

-- What a candidate may be told at t0.
-- Grain: one scenario.
-- Source: leak-prevention rule 3. Triage vitals out of range are null.
{{ config(post_hook="{{ export_mart('scenario_id') }}") }}
with home_drugs as (
    select
        hadm_id,
        list(distinct drug_name order by drug_name) as names
    from {{ ref('int_drugs__home') }}
    group by hadm_id
),

past_diagnoses as (
    select
        hadm_id,
        list(distinct title order by title) as titles
    from {{ ref('int_history__past_diagnoses') }}
    group by hadm_id
)

select
    selected.scenario_id,
    selected.category,
    {{ release_literal() }} as release, -- noqa: RF04
    'admission' as kind,
    selected.patient_key,
    selected.decision_hours,
    arrived.age_years,
    arrived.sex,
    arrived.arrival,
    nullif(trim(arrived.chief_complaint), '') as chief_complaint,
    {{ celsius('triage.temperature_f') }} as temperature_c,
    {{ valid_vital('vital_hr', 'triage.heart_rate_bpm') }} as heart_rate_bpm,
    {{ valid_vital('vital_rr', 'triage.resp_rate_per_min') }} as resp_rate_per_min,
    {{ valid_vital('vital_spo2', 'triage.spo2_pct') }} as spo2_pct,
    {{ valid_vital('vital_sbp', 'triage.sbp_mmhg') }} as sbp_mmhg,
    {{ valid_vital('vital_dbp', 'triage.dbp_mmhg') }} as dbp_mmhg,
    nullif(trim(triage.pain), '') as pain,
    triage.acuity,
    coalesce(home_drugs.names, []) as home_drugs,
    coalesce(past_diagnoses.titles, []) as past_diagnoses
from {{ ref('int_cohorts__selected') }} as selected
inner join {{ ref('int_admissions__arrived') }} as arrived
    on selected.hadm_id = arrived.hadm_id
left join {{ ref('stg_mimiciv_ed__triage') }} as triage
    on arrived.ed_stay_id = triage.stay_id
left join home_drugs
    on selected.hadm_id = home_drugs.hadm_id
left join past_diagnoses
    on selected.hadm_id = past_diagnoses.hadm_id

-- How each patient arrived, for admissions and for emergency visits that led to none.
-- Grain: one visit. `hadm_id` is the admission, or the emergency stay_id of a visit without one:
-- MIMIC gives both from ranges that do not meet (keys_of_visits_are_unique holds that), so that it
-- names the visit either way.
with visits_alone as (
    select
        stays.subject_id,
        stays.stay_id as hadm_id,
        stays.stay_id as ed_stay_id,
        stays.arrived_at as t0,
        cast(
            patients.anchor_age_years + year(stays.arrived_at) - patients.anchor_year as integer
        ) as age_years,
        patients.sex,
        stays.arrival_transport as arrival,
        triage.chief_complaint
    from {{ ref('stg_mimiciv_ed__edstays') }} as stays
    inner join {{ ref('stg_mimiciv_hosp__patients') }} as patients
        on stays.subject_id = patients.subject_id
    left join {{ ref('stg_mimiciv_ed__triage') }} as triage
        on stays.stay_id = triage.stay_id
    where stays.hadm_id is null
)

select
    subject_id,
    hadm_id,
    ed_stay_id,
    t0,
    age_years,
    sex,
    arrival,
    chief_complaint
from {{ ref('int_admissions__arrived') }}
union all
select * from visits_alone

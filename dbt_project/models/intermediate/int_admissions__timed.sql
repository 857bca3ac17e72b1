-- The clock of each admission, its end included: private, for selection and decision times.
-- Grain: one hospital admission.
-- The span holds the events that belong to the admission when they do not name one: from 24 h
-- before t0, but not before the end of an earlier admission of the patient, to discharge.
select
    arrived.subject_id,
    arrived.hadm_id,
    arrived.ed_stay_id,
    arrived.t0,
    arrived.age_years,
    arrived.is_via_ed,
    arrived.chief_complaint,
    admissions.admitted_at,
    admissions.discharged_at,
    admissions.died_at,
    admissions.admission_type,
    admissions.admission_location,
    greatest(
        arrived.t0 - interval 24 hours,
        max(admissions.discharged_at) over (
            partition by arrived.subject_id
            order by arrived.t0, arrived.hadm_id
            rows between unbounded preceding and 1 preceding
        ) + interval 1 microsecond
    ) as span_from,
    admissions.discharged_at as span_to
from {{ ref('int_admissions__arrived') }} as arrived
inner join {{ ref('stg_mimiciv_hosp__admissions') }} as admissions
    on arrived.hadm_id = admissions.hadm_id

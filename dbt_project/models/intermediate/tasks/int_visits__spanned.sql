-- From when to when the events of a visit are its own. Private: it tells when the patient left.
-- Grain: one visit (int_visits__arrived).
-- Events of a visit without admission name none: they belong to it by patient and time, from
-- arrival to departure.
select
    subject_id,
    hadm_id,
    t0,
    span_from,
    span_to
from {{ ref('int_admissions__timed') }}
union all
select
    subject_id,
    stay_id as hadm_id,
    arrived_at as t0,
    arrived_at as span_from,
    left_at as span_to
from {{ ref('stg_mimiciv_ed__edstays') }}
where hadm_id is null

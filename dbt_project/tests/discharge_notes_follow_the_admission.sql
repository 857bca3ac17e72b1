-- A discharge summary is written on the day of admission or later, and is of the admission's
-- patient.
{{ config(severity=severity_of_faults()) }}
select notes.note_id
from {{ ref('stg_mimiciv_note__discharge') }} as notes
inner join {{ ref('stg_mimiciv_hosp__admissions') }} as admissions
    on notes.hadm_id = admissions.hadm_id
where
    notes.subject_id != admissions.subject_id
    or notes.charted_at < date_trunc('day', admissions.admitted_at)

-- MIMIC-III's patients in the shape of MIMIC-IV's.
-- Grain: one patient.
-- The anchor is the first admission: its year, and the age on its day. Patients older than 89 were
-- given birthdays 300 years back; MIMIC-IV gives such ages as 91. A patient without an admission is
-- anchored at birth. MIMIC-III was collected from 2001 to 2012 and does not say when in it.
with first_admissions as (
    select
        subject_id,
        min(admittime) as admitted_at
    from {{ source('mimiciii', 'admissions') }}
    group by subject_id
),

anchored as (
    select
        patients.subject_id,
        patients.gender,
        coalesce(first_admissions.admitted_at, patients.dob) as anchored_at,
        patients.dob,
        patients.dod
    from {{ source('mimiciii', 'patients') }} as patients
    left join first_admissions
        on patients.subject_id = first_admissions.subject_id
)

select
    subject_id,
    gender,
    cast(
        case
            when datesub('year', dob, anchored_at) > 89 then 91
            else greatest(datesub('year', dob, anchored_at), 0)
        end as smallint
    ) as anchor_age,
    cast(year(anchored_at) as smallint) as anchor_year,
    '2001 - 2012' as anchor_year_group,
    cast(dod as date) as dod
from anchored

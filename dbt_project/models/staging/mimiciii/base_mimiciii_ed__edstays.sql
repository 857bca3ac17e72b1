-- Emergency department stays of MIMIC-III, as far as its admissions tell.
-- Grain: one admission that was registered in the emergency department.
-- The number of the stay is that of the admission. How the patient came is not known. There is no
-- triage and there are no vital signs, so MIMIC-III does not provide the module ed.
select
    admissions.subject_id,
    admissions.hadm_id,
    admissions.hadm_id as stay_id,
    admissions.edregtime as intime,
    coalesce(admissions.edouttime, admissions.edregtime) as outtime,
    patients.gender,
    admissions.ethnicity as race,
    'UNKNOWN' as arrival_transport,
    'ADMITTED' as disposition
from {{ source('mimiciii', 'admissions') }} as admissions
inner join {{ source('mimiciii', 'patients') }} as patients
    on admissions.subject_id = patients.subject_id
where admissions.edregtime is not null

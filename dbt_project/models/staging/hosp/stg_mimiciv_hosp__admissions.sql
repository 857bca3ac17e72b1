-- Hospital admissions.
-- Grain: one hospital admission.
select
    landed.subject_id,
    landed.hadm_id,
    landed.admittime as admitted_at,
    landed.dischtime as discharged_at,
    landed.deathtime as died_at,
    landed.admission_type,
    landed.admit_provider_id,
    landed.admission_location,
    landed.discharge_location,
    landed.insurance,
    landed.language,
    landed.marital_status,
    landed.race,
    landed.edregtime as ed_registered_at,
    landed.edouttime as ed_left_at,
    cast(landed.hospital_expire_flag as boolean) as is_dead_at_discharge
from {{ raw('hosp', 'admissions') }} as landed

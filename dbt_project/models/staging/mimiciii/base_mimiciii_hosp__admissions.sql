-- MIMIC-III's admissions in the shape of MIMIC-IV's.
-- Grain: one hospital admission.
-- Words that rules and readers know are written as MIMIC-IV writes them; others stay. Any other
-- health facility counts as a hospital: the patient was worked up elsewhere. `diagnosis`, a
-- preliminary diagnosis in free text, is not read: it names the answer
-- (docs/decisions/mimiciii.md).
select
    subject_id,
    hadm_id,
    admittime,
    dischtime,
    deathtime,
    case
        when admission_type = 'EMERGENCY' and edregtime is not null then 'EW EMER.'
        when admission_type = 'EMERGENCY' then 'DIRECT EMER.'
        else admission_type
    end as admission_type,
    cast(null as varchar) as admit_provider_id,
    case admission_location
        when 'EMERGENCY ROOM ADMIT' then 'EMERGENCY ROOM'
        when 'TRANSFER FROM HOSP/EXTRAM' then 'TRANSFER FROM HOSPITAL'
        when 'TRANSFER FROM OTHER HEALT' then 'TRANSFER FROM HOSPITAL'
        when 'TRANSFER FROM SKILLED NUR' then 'TRANSFER FROM SKILLED NURSING FACILITY'
        when 'PHYS REFERRAL/NORMAL DELI' then 'PHYSICIAN REFERRAL'
        when 'HMO REFERRAL/SICK' then 'PHYSICIAN REFERRAL'
        when 'CLINIC REFERRAL/PREMATURE' then 'CLINIC REFERRAL'
        when 'TRSF WITHIN THIS FACILITY' then 'INTERNAL TRANSFER TO OR FROM PSYCH'
        when '** INFO NOT AVAILABLE **' then 'INFORMATION NOT AVAILABLE'
        else admission_location
    end as admission_location,
    case discharge_location
        when 'DEAD/EXPIRED' then 'DIED'
        when 'SNF' then 'SKILLED NURSING FACILITY'
        when 'SNF-MEDICAID ONLY CERTIF' then 'SKILLED NURSING FACILITY'
        when 'ICF' then 'SKILLED NURSING FACILITY'
        when 'REHAB/DISTINCT PART HOSP' then 'REHAB'
        when 'LONG TERM CARE HOSPITAL' then 'CHRONIC/LONG TERM ACUTE CARE'
        when 'SHORT TERM HOSPITAL' then 'ACUTE HOSPITAL'
        when 'DISC-TRAN CANCER/CHLDRN H' then 'ACUTE HOSPITAL'
        when 'DISC-TRAN TO FEDERAL HC' then 'HEALTHCARE FACILITY'
        when 'DISCH-TRAN TO PSYCH HOSP' then 'PSYCH FACILITY'
        when 'LEFT AGAINST MEDICAL ADVI' then 'AGAINST ADVICE'
        when 'HOSPICE-HOME' then 'HOSPICE'
        when 'HOSPICE-MEDICAL FACILITY' then 'HOSPICE'
        when 'HOME WITH HOME IV PROVIDR' then 'HOME HEALTH CARE'
        else discharge_location
    end as discharge_location,
    insurance,
    case language when 'ENGL' then 'ENGLISH' else language end as language,
    marital_status,
    case ethnicity
        when 'UNKNOWN/NOT SPECIFIED' then 'UNKNOWN'
        else ethnicity
    end as race,
    edregtime,
    edouttime,
    hospital_expire_flag
from {{ source('mimiciii', 'admissions') }}

-- What the patient took before arrival.
-- Grain: one admission and drug name.
-- Source: ed.medrecon of the emergency stay. A clinician has this list (leak-prevention channel
-- 8).
select distinct
    arrived.hadm_id,
    trim(medrecon.drug_name) as drug_name
from {{ ref('int_admissions__arrived') }} as arrived
inner join {{ ref('stg_mimiciv_ed__medrecon') }} as medrecon
    on arrived.ed_stay_id = medrecon.stay_id
where trim(coalesce(medrecon.drug_name, '')) != ''

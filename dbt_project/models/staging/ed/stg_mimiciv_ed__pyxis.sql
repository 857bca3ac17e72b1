-- Medications dispensed in the emergency department.
-- Grain: one GSN code of one dispensed drug.
select
    landed.subject_id,
    landed.stay_id,
    landed.charttime as charted_at,
    landed.med_rn,
    landed.name as drug_name,
    landed.gsn_rn,
    landed.gsn
from {{ raw('ed', 'pyxis') }} as landed

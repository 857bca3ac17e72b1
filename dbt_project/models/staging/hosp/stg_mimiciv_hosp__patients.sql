-- Patients, with the anchor by which ages are known.
-- Grain: one patient.
select
    landed.subject_id,
    landed.gender as sex,
    landed.anchor_age as anchor_age_years,
    landed.anchor_year,
    landed.anchor_year_group,
    landed.dod as death_date
from {{ raw('hosp', 'patients') }} as landed

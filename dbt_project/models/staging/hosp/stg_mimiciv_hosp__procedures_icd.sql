-- Billed procedures of an admission, by date.
-- Grain: one billed procedure.
select
    landed.subject_id,
    landed.hadm_id,
    landed.seq_num,
    landed.chartdate as chart_date,
    trim(landed.icd_code) as icd_code,
    landed.icd_version
from {{ raw('hosp', 'procedures_icd') }} as landed

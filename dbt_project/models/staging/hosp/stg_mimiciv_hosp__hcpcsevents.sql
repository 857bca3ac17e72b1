-- HCPCS codes billed for an admission.
-- Grain: one billed code of an admission.
select
    landed.subject_id,
    landed.hadm_id,
    landed.chartdate as chart_date,
    landed.hcpcs_cd as hcpcs_code,
    landed.seq_num,
    landed.short_description
from {{ raw('hosp', 'hcpcsevents') }} as landed

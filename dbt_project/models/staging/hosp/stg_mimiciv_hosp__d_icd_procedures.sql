-- Dictionary of ICD procedure codes, both versions.
-- Grain: one code and version.
select
    trim(landed.icd_code) as icd_code,
    landed.icd_version,
    landed.long_title
from {{ raw('hosp', 'd_icd_procedures') }} as landed

-- Dictionary of HCPCS codes.
-- Grain: one HCPCS code.
select
    landed.code as hcpcs_code,
    landed.category,
    landed.long_description,
    landed.short_description
from {{ raw('hosp', 'd_hcpcs') }} as landed

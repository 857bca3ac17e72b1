-- MIMIC-III's procedures billed by CPT code in the shape of MIMIC-IV's.
-- Grain: one billed code of an admission. Numbers are those of the rows: CPT rows have no order
-- that is always filled.
select
    subject_id,
    hadm_id,
    cast(chartdate as date) as chartdate,
    cpt_cd as hcpcs_cd,
    row_id as seq_num,
    coalesce(description, subsectionheader) as short_description
from {{ source('mimiciii', 'cptevents') }}

-- MIMIC-III's charted times in the shape of MIMIC-IV's.
-- Grain: one charted time. Rows charted in error, and rows of no stay, are left out.
select
    subject_id,
    hadm_id,
    icustay_id as stay_id,
    cgid as caregiver_id,
    charttime,
    storetime,
    itemid,
    value,
    valueuom,
    warning
from {{ source('mimiciii', 'datetimeevents') }}
where
    coalesce(error, 0) != 1
    and icustay_id is not null
    and hadm_id is not null
    and value is not null

-- Names of the examinations of MIMIC-III's radiology reports, in the shape of MIMIC-IV-Note's.
-- Grain: one report.
select
    subject_id || '-RR-' || row_id as note_id,
    subject_id,
    'exam_name' as field_name,
    trim(description) as field_value,
    cast(1 as bigint) as field_ordinal
from {{ source('mimiciii', 'noteevents') }}
where
    category = 'Radiology'
    and coalesce(iserror, '') != '1'
    and coalesce(charttime, chartdate) is not null
    and text is not null
    and trim(description) != ''

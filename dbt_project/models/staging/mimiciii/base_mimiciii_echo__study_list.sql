-- Echocardiograms of MIMIC-III, from their reports: that one was made, and when.
-- Grain: one report.
select
    subject_id,
    row_id as study_id,
    {{ mimiciii_moment('charttime', 'chartdate') }} as study_datetime,
    cast(null as varchar) as note_id,
    cast(null as bigint) as note_seq,
    cast(null as timestamp) as note_charttime
from {{ source('mimiciii', 'noteevents') }}
where
    trim(category) = 'Echo'
    and coalesce(iserror, '') != '1'
    and coalesce(charttime, chartdate) is not null

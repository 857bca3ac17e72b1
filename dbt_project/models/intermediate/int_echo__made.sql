-- Echocardiograms of the admissions under examination: that one was made, and when.
-- Grain: one echocardiogram.
-- Source: notes-and-imaging.md section 5. The module has no results: what can be shown is that the
-- study was done, and when. The studies are transthoracic.
with made as (
    select
        subject_id,
        study_id,
        studied_at,
        -- No echocardiogram names its admission.
        cast(null as bigint) as hadm_id
    from {{ ref('stg_mimiciv_echo__study_list') }}
),

events as (
    {{ rows_of_examined('made', 'studied_at') }}
)

select
    examined_hadm_id as hadm_id,
    study_id,
    'echo_tte' as test_id,
    'Transthoracic echocardiogram' as label,
    'done; its result is not in this record' as value_text,
    studied_at as taken_at,
    studied_at as available_at
from events

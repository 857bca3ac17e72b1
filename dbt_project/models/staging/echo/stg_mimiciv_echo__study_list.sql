-- Echocardiograms: that one was made, and when.
-- Grain: one study.
select
    landed.subject_id,
    landed.study_id,
    landed.study_datetime as studied_at,
    landed.note_id,
    landed.note_seq,
    landed.note_charttime as note_charted_at
from {{ raw('echo', 'study_list') }} as landed

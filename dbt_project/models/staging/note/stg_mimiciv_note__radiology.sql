-- Radiology reports and their addenda.
-- Grain: one note.
select
    landed.note_id,
    landed.subject_id,
    landed.hadm_id,
    landed.note_type,
    landed.note_seq,
    landed.charttime as charted_at,
    landed.storetime as stored_at,
    landed.text as note_text
from {{ raw('note', 'radiology') }} as landed

-- Further fields of discharge notes (author).
-- Grain: one field of a note.
select
    landed.note_id,
    landed.subject_id,
    landed.field_name,
    landed.field_value,
    landed.field_ordinal
from {{ raw('note', 'discharge_detail') }} as landed

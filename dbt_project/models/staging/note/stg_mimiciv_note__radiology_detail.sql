-- Further fields of radiology notes, such as the name of the examination.
-- Grain: one field of a note.
select
    landed.note_id,
    landed.subject_id,
    landed.field_name,
    landed.field_value,
    landed.field_ordinal
from {{ raw('note', 'radiology_detail') }} as landed

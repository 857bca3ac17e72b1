-- Further fields of radiology notes, such as the name of the examination.
-- Grain: one field of a note.
select
    landed.note_id,
    landed.subject_id,
    landed.field_name,
    landed.field_value,
    landed.field_ordinal
from {{ source('mimiciv_note', 'radiology_detail') }} as landed

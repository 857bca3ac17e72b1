-- MIMIC-III's discharge summaries and their addenda in the shape of MIMIC-IV-Note's.
-- Grain: one note.
-- They have a date without an hour: written on that day, and seen at its end. What
-- de-identification removed reads `___`, as in MIMIC-IV. Notes charted in error, and notes of no
-- admission, are left out.
with notes as (
    select
        row_id,
        row_number() over (partition by subject_id order by chartdate, row_id) as number
    from {{ source('mimiciii', 'noteevents') }}
    where
        category = 'Discharge summary'
        and coalesce(iserror, '') != '1'
        and hadm_id is not null
        and chartdate is not null
        and text is not null
)

select
    events.subject_id
    || case when trim(events.description) = 'Addendum' then '-AD-' else '-DS-' end
    || events.row_id as note_id,
    events.subject_id,
    events.hadm_id,
    case when trim(events.description) = 'Addendum' then 'AD' else 'DS' end as note_type,
    cast(notes.number as smallint) as note_seq,
    cast(events.chartdate as timestamp) as charttime,
    coalesce(
        events.storetime, {{ mimiciii_moment('cast(null as timestamp)', 'events.chartdate') }}
    ) as storetime,
    {{ mimiciii_text('events.text') }} as text
from {{ source('mimiciii', 'noteevents') }} as events
inner join notes
    on events.row_id = notes.row_id

-- MIMIC-III's radiology reports in the shape of MIMIC-IV-Note's.
-- Grain: one note.
-- A report begins with what was ordered: reason, admitting diagnosis, underlying condition. That
-- names the answer and is no part of a report in MIMIC-IV: only what follows FINAL REPORT is taken.
-- A note with such an order and no final report keeps no text (`___`): that it was done is known.
-- Addenda stand within the note. Seen a fixed time after it was made (`mimiciii_turnaround`); where
-- only the date is known, after that day's end. Notes charted in error are left out.
with notes as (
    select
        row_id,
        row_number() over (
            partition by subject_id
            order by {{ mimiciii_moment('charttime', 'chartdate') }}, row_id
        ) as number
    from {{ source('mimiciii', 'noteevents') }}
    where
        category = 'Radiology'
        and coalesce(iserror, '') != '1'
        and coalesce(charttime, chartdate) is not null
        and text is not null
),

timed as (
    select
        events.subject_id,
        events.hadm_id,
        events.row_id,
        notes.number,
        {{ mimiciii_moment('events.charttime', 'events.chartdate') }} as made_at,
        events.storetime,
        {{ mimiciii_text('events.text') }} as words
    from {{ source('mimiciii', 'noteevents') }} as events
    inner join notes
        on events.row_id = notes.row_id
)

select
    subject_id || '-RR-' || row_id as note_id,
    subject_id,
    hadm_id,
    'RR' as note_type,
    cast(number as smallint) as note_seq,
    made_at as charttime,
    coalesce(storetime, made_at + {{ mimiciii_turnaround('report') }}) as storetime,
    case
        when contains(words, 'FINAL REPORT')
            then substr(words, strpos(words, 'FINAL REPORT') + length('FINAL REPORT'))
        when
            regexp_matches(
                words,
                '(?i)admitting diagnosis:|underlying medical condition:|preliminary report'
                || '|reason for this examination:|(?:^|\n)\s*reason:|wet read'
            )
            then '___'
        else words
    end as text
from timed

-- What discharge summaries tell of the time up to the arrival: the sections that may be shown.
-- Grain: one admission with a target condition and section: chief_complaint, history,
-- past_history, social_history, family_history, allergies, home_drugs, exam.
-- Source: notes-and-imaging.md section 2, leak-prevention channels 1 to 4, 26 and 27. The one use
-- of discharge summaries that may be shown. A summary is written after discharge; no hidden section
-- is kept here, not even for a moment after this query.
-- A section begins with its header at the start of a line and ends at the next header of any kind.
-- The first of a kind counts, in any order, but none after the hospital course, drugs taken at home
-- excepted. Histories that follow each other are one: past medical, past surgical. The history ends
-- where the hospital's findings begin, so does the review of systems behind it; the examination
-- ends where that at discharge begins. An examination of fewer than 40 characters is none.
-- Nothing is rewritten: blanks are joined, and that is all. Addenda (AD) are not read.
with targets as (
    select distinct hadm_id
    from {{ ref('int_targets__matched') }}
    where is_eligible_position
),

summaries as (
    select
        notes.hadm_id,
        regexp_replace(
            translate(notes.note_text, chr(13) || chr(30) || chr(31), ''), '[ \t]+', ' ', 'g'
        ) as note_text
    from {{ ref('stg_mimiciv_note__discharge') }} as notes
    inner join targets
        on notes.hadm_id = targets.hadm_id
    where notes.note_type = 'DS'
    qualify
        row_number() over (
            partition by notes.hadm_id order by notes.note_seq, notes.note_id
        ) = 1
),

-- Every header is marked: chr(30) before it, chr(31) between it and its text.
marked as (
    select
        hadm_id,
        string_split(
            regexp_replace(
                note_text,
                '{{ line_of_header() }}',
                chr(30) || '\1' || chr(31),
                'g'
            ),
            chr(30)
        ) as pieces
    from summaries
),

split as (
    select
        hadm_id,
        generate_subscripts(pieces, 1) as piece_no,
        unnest(pieces) as piece
    from marked
),

headed as (
    select
        hadm_id,
        piece_no,
        split_part(piece, chr(31), 1) as header,
        split_part(piece, chr(31), 2) as words
    from split
    where piece_no > 1
),

sorted as (
    select
        hadm_id,
        piece_no,
        header,
        words,
        case {{ sorts_by_header('header') }} end as section
    from headed
),

places as (
    select
        *,
        min(piece_no) filter (where section = 'ending') over (partition by hadm_id) as ending_no,
        min(piece_no) filter (where section in ('course', 'ending')) over (
            partition by hadm_id
        ) as course_no,
        min(piece_no) filter (
            where section in ('past_history', 'social_history', 'family_history')
        ) over (partition by hadm_id) as histories_no
    from sorted
),

-- An examination before the histories is that of the emergency department, if another follows.
examinations as (
    select
        *,
        coalesce(
            min(piece_no) filter (where section = 'exam' and piece_no > histories_no) over (
                partition by hadm_id
            ),
            min(piece_no) filter (where section = 'exam') over (partition by hadm_id),
            min(piece_no) filter (where section = 'exam_perhaps' and piece_no > histories_no) over (
                partition by hadm_id
            )
        ) as exam_no
    from places
),

in_place as (
    select
        hadm_id,
        piece_no,
        header,
        words,
        case when section = 'exam_perhaps' then 'exam' else section end as section
    from examinations
    where
        (
            section in (
                'chief_complaint', 'history', 'review', 'past_history', 'social_history',
                'family_history', 'allergies'
            )
            and coalesce(piece_no < course_no, true)
        )
        or (
            section in ('exam', 'exam_perhaps')
            and piece_no >= exam_no
            and coalesce(piece_no < course_no, true)
        )
        or (section = 'home_drugs' and coalesce(piece_no < ending_no, true))
),

ordered as (
    select
        *,
        min(piece_no) over (partition by hadm_id, section) as first_no,
        piece_no - row_number() over (partition by hadm_id, section order by piece_no)
        = min(piece_no) over (partition by hadm_id, section) - 1 as is_joined,
        first_value(length(trim(words, e' \n=*-'))) over (
            partition by hadm_id, section order by piece_no
        ) as first_length
    from in_place
),

-- A header right behind that of the examination is part of it: ADMISSION EXAM, On admission.
kept as (
    select
        hadm_id,
        piece_no,
        section,
        case
            when section = 'review' or (section = 'past_history' and piece_no > first_no)
                then header || ': '
            else ''
        end || words as words
    from ordered
    where
        piece_no = first_no
        or (section = 'past_history' and is_joined)
        or (
            section = 'exam'
            and is_joined
            and (
                regexp_matches(header, '(?i)admission|initial')
                or (piece_no = first_no + 1 and first_length < 40)
            )
        )
),

texts as (
    select
        hadm_id,
        section,
        string_agg(words, e'\n' order by piece_no) as words
    from kept
    group by hadm_id, section
),

lines as (
    select
        hadm_id,
        section,
        case
            when section in ('chief_complaint', 'history', 'review')
                then regexp_replace(words, '\s+', ' ', 'g')
            else words
        end as words
    from texts
),

cut as (
    select
        hadm_id,
        section,
        case
            when section in ('history', 'review') then {{ cut_at('words', end_of_history()) }}
            when section = 'exam' then {{ cut_at('words', end_of_admission_exam()) }}
            else words
        end as words
    from lines
),

-- Lines stay lines, without empty ones; a rule of signs is no line.
tidied as (
    select
        hadm_id,
        case when section = 'review' then 'history' else section end as section,
        section = 'review' as is_review,
        trim(
            regexp_replace(
                regexp_replace(words, '(?m)^[ =*_-]*$', '', 'g'), ' ?\n[ \n]*', e'\n', 'g'
            ),
            e' \n'
        ) as words
    from cut
),

joined as (
    select
        hadm_id,
        section,
        string_agg(words, ' ' order by is_review) as words
    from tidied
    -- Without a letter or digit nothing is left but what de-identification put there.
    where regexp_matches(words, '[A-Za-z0-9]')
    group by hadm_id, section
    having not bool_and(is_review)
)

select
    hadm_id,
    section,
    words
from joined
where section != 'exam' or length(words) >= 40

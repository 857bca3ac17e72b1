-- Radiology reports of the admissions under examination, joined to the catalogue.
-- Grain: one report and catalogue test.
-- Source: notes-and-imaging.md section 3. A report belongs to a test when one of its exam names
-- matches the test's pattern and not its exclude pattern; it may belong to several.
-- Only the findings are shown: FINDINGS, headers of body parts, and what follows them. Headers in
-- capitals begin a section, those that must stay hidden in any spelling and place. Without any
-- findings the text before the first header is, when it is more than a title. What is left of
-- neither has no value: the study was done, and its text may not be shown.
-- Available when stored; an addendum is never shown, since it repeats impressions, and its report
-- waits for it (leak-prevention channel 22). A report without stored_at has no availability.
-- Reports after the first definitive treatment (channel 10) are of no scenario: it is the decision
-- time.
with patterns as (
    select
        test_items.test_id,
        '(?i)' || test_items.match_value as wanted,
        '(?i)' || nullif(test_catalogue.match_exclude, '') as unwanted
    from {{ ref('test_items') }} as test_items
    inner join {{ ref('test_catalogue') }} as test_catalogue
        on test_items.test_id = test_catalogue.test_id
    where
        test_items.source_table = 'note.radiology_detail'
        and test_catalogue.kind = 'imaging'
),

exams as (
    select
        note_id,
        field_value as exam_name
    from {{ ref('stg_mimiciv_note__radiology_detail') }}
    where field_name = 'exam_name'
),

exam_names as (
    select distinct exam_name
    from exams
),

tests_of_names as (
    select
        exam_names.exam_name,
        patterns.test_id
    from exam_names
    inner join patterns
        on
            regexp_matches(exam_names.exam_name, patterns.wanted)
            and not coalesce(regexp_matches(exam_names.exam_name, patterns.unwanted), false)
),

tests_of_reports as (
    select
        exams.note_id,
        tests_of_names.test_id,
        string_agg(distinct exams.exam_name, '; ' order by exams.exam_name) as label
    from exams
    inner join tests_of_names
        on exams.exam_name = tests_of_names.exam_name
    group by exams.note_id, tests_of_names.test_id
),

-- An addendum names its report, or the report its addendum.
addenda_of_reports as (
    select
        field_value as note_id,
        note_id as addendum_id
    from {{ ref('stg_mimiciv_note__radiology_detail') }}
    where field_name = 'parent_note_id'
    union
    select
        note_id,
        field_value as addendum_id
    from {{ ref('stg_mimiciv_note__radiology_detail') }}
    where field_name = 'addendum_note_id'
),

addenda as (
    select
        joined.note_id,
        max(coalesce(notes.stored_at, notes.charted_at)) as stored_at
    from addenda_of_reports as joined
    inner join {{ ref('stg_mimiciv_note__radiology') }} as notes
        on joined.addendum_id = notes.note_id
    group by joined.note_id
),

notes_of_examined as (
    {{ rows_of_examined(ref('stg_mimiciv_note__radiology'), 'charted_at') }}
),

reports as (
    select
        notes.examined_hadm_id as hadm_id,
        notes.note_id,
        notes.note_text,
        notes.charted_at,
        -- `greatest` passes over nulls: without stored_at there is no availability.
        case
            when notes.stored_at is not null
                then greatest(notes.stored_at, addenda.stored_at, notes.charted_at)
        end as available_at
    from notes_of_examined as notes
    left join addenda
        on notes.note_id = addenda.note_id
    where notes.note_type = 'RR'
),

-- Every header is marked: chr(30) before it, chr(31) between it and its text.
marked as (
    select
        note_id,
        string_split(
            regexp_replace(
                regexp_replace(
                    note_text,
                    '\s((?:FINDINGS/)?IMPRESSIONS?|CONCLUSIONS?|INDICATIONS?|COMPARISONS?|TECHNIQUE'
                    || '|WET READ|NOTIFICATIONS?|RECOMMENDATION(?:S|\(S\))?|ADDENDUM):',
                    e'\n\\1:',
                    'g'
                ),
                '(?m)^[ \t]*([A-Z][A-Z0-9 ()/,&-]{2,40}'
                || '|(?i:findings?|impressions?|conclusions?|(?:clinical )?indications?'
                || '|(?:clinical |patient )?history|reason for exam(?:ination)?|comparisons?'
                || '|technique|wet read|notifications?|recommendations?|addendum)):',
                chr(30) || '\1' || chr(31),
                'g'
            ),
            chr(30)
        ) as pieces
    from reports
),

split as (
    select
        note_id,
        generate_subscripts(pieces, 1) as piece_no,
        unnest(pieces) as piece
    from marked
),

sections as (
    select
        note_id,
        piece_no,
        case when piece_no > 1 then upper(trim(split_part(piece, chr(31), 1))) end as header,
        trim(
            regexp_replace(
                case when piece_no > 1 then split_part(piece, chr(31), 2) else piece end,
                '\s+',
                ' ',
                'g'
            )
        ) as words
    from split
),

-- `part` is a part of the body; null a header that continues what stands before it.
sorts as (
    select
        *,
        case
            when header is null then 'before'
            when regexp_matches(header, 'IMPR?E?SS?I?ON|IMPRES|CONCLUSION') then 'end'
            when regexp_matches(header, '^FIND|^FIDN|^FINING') then 'findings'
            when
                regexp_matches(
                    header,
                    'NDICATION|REASON|HISTORY|CLINICAL|^PFI|COMPARISON|REFERENCE|WET|NOTIF'
                    || '|RECOMMEND|ADDEND|OPERATOR|COMMENT|PHYSICIAN|ATTENDING|RADIOLOGIST|FELLOW'
                    || '|DIAGNOS|SUMMARY|OPINION|PROVISIONAL|CONSENT|COMPLICATION'
                )
                then 'hidden'
            when
                regexp_matches(
                    header,
                    'EXAM|STUDY|PROCEDURE|TECHNI|DOSE|DLP|CONTRAST|PROTOCOL|MEDICATION|ANESTHE'
                )
                then 'title'
            when
                regexp_matches(
                    header,
                    'CHEST|THORA|LUNG|PLEURA|HEART|CARDI|MEDIAST|AIRWAY|HILA|DIAPHRAGM|AORT|VASC'
                    || '|VESSEL|ARTER|VEIN|CAROT|VERTEBRAL|HEAD|BRAIN|CEREBR|VENTRIC|ORBIT|SINUS'
                    || '|NECK|THYROID|SPINE|CORD|DISC|ABD|PELV|LIVER|HEPAT|BILE|BILIARY|GALLBL'
                    || '|PANCRE|SPLEEN|ADRENAL|KIDNEY|RENAL|URIN|URETER|BLADDER|STOMACH|BOWEL'
                    || '|GASTRO|COLON|APPENDIX|PERITON|MESENT|LYMPH|NODES|BONE|OSSE|SKELET|JOINT'
                    || '|SOFT TISS|WALL|UTER|OVAR|ADNEX|PROSTATE|REPRODUCT|EXTREM|SUPPORT|LINES'
                    || '|TUBES|RIGHT|LEFT'
                )
                then 'part'
        end as sort
    from sections
),

ended as (
    select
        *,
        coalesce(
            bool_or(sort = 'end') over (
                partition by note_id
                order by piece_no
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as is_after_end
    from sorts
),

continued as (
    select
        note_id,
        piece_no,
        header,
        words,
        last_value(
            case
                when sort = 'part' then case when is_after_end then 'hidden' else 'findings' end
                else sort
            end ignore nulls
        ) over (partition by note_id order by piece_no) as sort
    from ended
    where words != '' or sort is not null
),

shown as (
    select
        note_id,
        string_agg(
            case when starts_with(header, 'FIND') then words else header || ': ' || words end,
            ' ' order by piece_no
        ) filter (where sort = 'findings' and words != '') as findings,
        string_agg(words, ' ' order by piece_no) filter (
            where sort = 'before' and contains(words, '.')
        ) as words_before
    from continued
    group by note_id
)

select
    reports.hadm_id,
    reports.note_id,
    tests.test_id,
    tests.label,
    coalesce(shown.findings, shown.words_before) as value_text,
    reports.charted_at as taken_at,
    reports.available_at
from reports
inner join tests_of_reports as tests
    on reports.note_id = tests.note_id
left join shown
    on reports.note_id = shown.note_id
-- The same words about the same moment are one report, filed twice.
qualify
    row_number() over (
        partition by
            reports.hadm_id,
            tests.test_id,
            reports.charted_at,
            coalesce(shown.findings, shown.words_before, reports.note_id)
        order by reports.available_at nulls last, reports.note_id
    ) = 1

-- Examination and history as tests of the catalogue: what the admission note found, by system.
-- Grain: one admission under examination and catalogue test of kind exam.
-- Source: test_catalogue.csv, match_pattern, on the head of each line; notes-and-imaging.md section
-- 2. A line with a head ("CARDIAC: ...", "Abd - ...") opens a system, lines without one go on with
-- it; heads inside a line do the same. A line may serve several tests. `exam_full` is the whole
-- examination.
-- Left out: vital signs, which are charted with their own times, and lines that tell what a film,
-- scan, ECG or bedside ultrasound showed, which are results and not the examination.
-- When: summaries do not tell when the patient was examined. The patient can be examined from the
-- arrival on, and it takes a while: findings are taken and available half an hour after t0. What
-- the patient can be asked is known at t0.
with patterns as (
    select
        test_id,
        match_pattern,
        starts_with(match_pattern, '(?i)^') as is_of_head
    from {{ ref('test_catalogue') }}
    where
        kind = 'exam'
        and match_column = 'section line'
),

noted as (
    select
        examined.hadm_id,
        sections.section,
        sections.words
    from {{ ref('int_notes__sections') }} as sections
    inner join {{ ref('int_admissions__examined') }} as examined
        on sections.hadm_id = examined.hadm_id
),

-- Heads inside a line begin a line of their own.
exams as (
    select
        hadm_id,
        string_split(
            regexp_replace(
                words,
                '([.;,]?) +((?:general|gen|heent|neck|cv|cor|cards?|cardiac|cardiovascular|heart'
                || '|chest|lungs?|pulm|pulmonary|resp|respiratory|abd|abdomen|gi|ext|extremities'
                || '|neuro|neurologic|skin|gu|rectal|psych|msk|back|vasc|vs|vitals|vital signs'
                || ') ?:)',
                e'\\1\n\\2',
                'gi'
            ),
            e'\n'
        ) as lines
    from noted
    where section = 'exam'
),

lines as (
    select
        hadm_id,
        generate_subscripts(lines, 1) as line_no,
        trim(unnest(lines)) as line
    from exams
),

-- A head is what stands before a colon or a dash, or else the first word, if it begins large.
headed as (
    select
        hadm_id,
        line_no,
        line,
        regexp_matches(line, '^[-*+# ]*[A-Za-z][A-Za-z0-9/&,. ()]{0,30}?(?::| ?- )') as has_mark,
        coalesce(
            nullif(
                regexp_extract(
                    line, '^[-*+# ]*([A-Za-z][A-Za-z0-9/&,. ()]{0,30}?) ?(?::| ?- )', 1
                ),
                ''
            ),
            nullif(regexp_extract(line, '^[-*+# ]*([A-Z][A-Za-z/]*)', 1), '')
        ) as head
    from lines
    where
        regexp_matches(line, '[A-Za-z0-9]')
        and not regexp_matches(
            line,
            '(?i:bedside (?:us|u/s|ultrasound|echo))|\b(?:FAST|CXR|CT|CTA|MRI|EKG|ECG)\b'
            || '|(?i:\bx-?rays?\b)'
        )
),

heads as (
    select distinct head
    from headed
    where head is not null
),

tests_of_heads as (
    select
        heads.head,
        patterns.test_id
    from heads
    inner join patterns
        on regexp_matches(heads.head, patterns.match_pattern)
    where patterns.is_of_head
),

vital_heads as (
    select head
    from heads
    where
        regexp_full_match(
            head,
            '(?i)(?:vs|vss|vitals?(?: signs)?|t(?:m|c|max|emp|emperature)?|afebrile|bp|hr|rr|p'
            || '|pulse|o2(?: sats?)?|sats?|sao2|spo2|wt|weight|ht|height|bmi|i/?o|fsbg)\b.*'
        )
),

opened as (
    select
        headed.hadm_id,
        headed.line_no,
        headed.line,
        headed.head,
        vital_heads.head is not null
        or regexp_matches(headed.line, '^[-* ]*[0-9]{2,3}(?:\.[0-9])?[ ,/]') as is_vital,
        headed.has_mark
        or vital_heads.head is not null
        or headed.head in (select tests_of_heads.head from tests_of_heads) as is_opening
    from headed
    left join vital_heads
        on headed.head = vital_heads.head
),

numbered as (
    select
        *,
        count(*) filter (where is_opening or is_vital) over (
            partition by hadm_id order by line_no
        ) as item_no
    from opened
),

items as (
    select
        hadm_id,
        item_no,
        bool_or(is_vital) as is_vital,
        arg_min(head, line_no) filter (where is_opening) as head,
        string_agg(line, ' ' order by line_no) as words
    from numbered
    group by hadm_id, item_no
),

items_of_tests as (
    select
        items.hadm_id,
        items.item_no,
        items.head,
        items.words,
        tests_of_heads.test_id
    from items
    inner join tests_of_heads
        on items.head = tests_of_heads.head
    where not items.is_vital
    union
    select
        items.hadm_id,
        items.item_no,
        items.head,
        items.words,
        patterns.test_id
    from items
    inner join patterns
        on regexp_matches(items.words, patterns.match_pattern)
    where
        not items.is_vital
        and not patterns.is_of_head
    union all
    select
        hadm_id,
        item_no,
        head,
        words,
        'exam_full' as test_id
    from items
    where not is_vital
),

systems as (
    select
        hadm_id,
        test_id,
        case
            when test_id = 'exam_full' then 'Physical exam'
            else coalesce(string_agg(distinct head, ', ' order by head), 'Physical exam')
        end as label,
        string_agg(words, ' ' order by item_no) as value_text
    from items_of_tests
    group by hadm_id, test_id
),

asked as (
    select
        hadm_id,
        section,
        replace(words, e'\n', '; ') as words,
        case section
            when 'allergies' then 'hist_allergies'
            when 'past_history' then 'hist_pmh'
            when 'social_history' then 'hist_social'
            when 'family_history' then 'hist_social'
        end as test_id
    from noted
),

told as (
    select
        hadm_id,
        test_id,
        string_agg(words, '; ' order by section desc) as value_text
    from asked
    where test_id is not null
    group by hadm_id, test_id
    {% if module_is_landed('note') -%}
        union all
        select
            hadm_id,
            'hist_meds' as test_id,
            string_agg(drug_name, '; ' order by drug_name) as value_text
        from {{ ref('int_drugs__home') }}
        group by hadm_id
    {%- endif %}
)

select
    examined.hadm_id,
    systems.test_id,
    systems.label,
    systems.value_text,
    examined.t0 + interval 30 minutes as taken_at,
    examined.t0 + interval 30 minutes as available_at
from systems
inner join {{ ref('int_admissions__examined') }} as examined
    on systems.hadm_id = examined.hadm_id
union all
select
    examined.hadm_id,
    told.test_id,
    tests.canonical_name as label,
    told.value_text,
    examined.t0 as taken_at,
    examined.t0 as available_at
from told
inner join {{ ref('int_admissions__examined') }} as examined
    on told.hadm_id = examined.hadm_id
inner join {{ ref('test_catalogue') }} as tests
    on told.test_id = tests.test_id

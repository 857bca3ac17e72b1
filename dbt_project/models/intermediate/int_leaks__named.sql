-- Admissions whose presentation gives the target away.
-- Grain: one admission, condition and part of the presentation that names it.
-- Source: leak_terms.csv, rule leak_in_hpi, over chief complaint, past diagnoses, home drugs and
-- the sections of the discharge summary, by the patterns of int_leaks__patterns. Only what a text
-- affirms of the patient counts (macro `asserted`). Allergies are not judged: they tell of other
-- times, and name the drugs by which a pattern knows a treatment. Each distinct text is read once.
with patterns as (
    {{ leak_patterns() }}
),

presentations as (
    select
        hadm_id,
        'chief_complaint' as shown_in,
        chief_complaint as words
    from {{ ref('int_admissions__arrived') }}
    where chief_complaint is not null
    union all
    select
        hadm_id,
        'past_diagnoses' as shown_in,
        -- A code title says what is absent, too: "without mention of hemorrhage".
        regexp_replace(title, '(?i)\bwithout\b[^,;)]*', ' ', 'g') as words
    from {{ ref('int_history__past_diagnoses') }}
    union all
    select
        hadm_id,
        'home_drugs' as shown_in,
        drug_name as words
    from {{ ref('int_drugs__home') }}
    union all
    select
        hadm_id,
        shown_in,
        words
    from {{ ref('int_notes__sentences') }}
    where shown_in != 'allergies'
),

targets as (
    select distinct
        hadm_id,
        condition_id
    from {{ ref('int_targets__matched') }}
    where is_eligible_position
),

shown as (
    select
        targets.hadm_id,
        targets.condition_id,
        presentations.shown_in,
        presentations.words
    from targets
    inner join presentations
        on targets.hadm_id = presentations.hadm_id
),

read_texts as (
    select
        words,
        {{ asserted('words') }} as judged_words
    from shown
    group by words
),

distinct_texts as (
    select distinct
        shown.condition_id,
        shown.words,
        read_texts.judged_words
    from shown
    inner join read_texts
        on shown.words = read_texts.words
),

leaking_texts as (
    select
        distinct_texts.condition_id,
        distinct_texts.words
    from distinct_texts
    inner join patterns
        on distinct_texts.condition_id = patterns.condition_id
    where {{ gives_away('distinct_texts.judged_words', 'patterns') }}
)

select distinct
    shown.hadm_id,
    shown.condition_id,
    shown.shown_in
from shown
inner join leaking_texts
    on
        shown.condition_id = leaking_texts.condition_id
        and shown.words = leaking_texts.words

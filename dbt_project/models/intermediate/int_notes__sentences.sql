-- The texts of discharge summaries that must not name the target, cut where a term may be judged.
-- Grain: one distinct unit of one section of an admission with a target condition.
-- Source: leak-prevention rule B4. Units: the history, the examination, allergies and social
-- history as a whole; of past history each entry (a line, or a sentence of a line), since each
-- tells of another disease. A line that begins small goes on with the one before: notes are
-- wrapped. The chief complaint counts only where triage has none, for only then it is shown; home
-- drugs are in int_drugs__home. Family history is not a text about the patient and is no leak.
with sections as (
    select
        hadm_id,
        section,
        words
    from {{ ref('int_notes__sections') }}
    where section in ('history', 'past_history', 'social_history', 'allergies', 'exam')
    union all
    select
        sections.hadm_id,
        sections.section,
        sections.words
    from {{ ref('int_notes__sections') }} as sections
    inner join {{ ref('int_admissions__arrived') }} as arrived
        on sections.hadm_id = arrived.hadm_id
    where
        sections.section = 'chief_complaint'
        and trim(coalesce(arrived.chief_complaint, '')) = ''
),

entries as (
    select
        hadm_id,
        section,
        case
            when section = 'past_history'
                then
                    string_split_regex(
                        regexp_replace(words, '\n([a-z(])', ' \1', 'g'), '\n|[.;] +'
                    )
            else [words]
        end as units
    from sections
),

units as (
    select
        hadm_id,
        section as shown_in,
        trim(regexp_replace(unnest(units), '\s+', ' ', 'g')) as words
    from entries
)

select distinct
    hadm_id,
    shown_in,
    words
from units
where words != ''

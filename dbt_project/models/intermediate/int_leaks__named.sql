-- Admissions whose presentation gives the target away.
-- Grain: one admission, condition and part of the presentation that names it.
-- Source: leak_terms.csv, rule leak_in_hpi, over chief complaint, past diagnoses and home drugs.
-- Policy strict: a forbidden synonym (whole words) or the forbidden pattern; chronic_ok: the
-- pattern only; presenting and report_label: nothing is a leak. A match inside an allowed term
-- does not
-- count: allowed terms that hold a forbidden one are blanked before the check. (Other allowed
-- terms need no blanking; "angina" must not hide "unstable angina".) Each distinct text is tried
-- once.
with policies as (
    select
        condition_id,
        concat_ws(
            '|',
            nullif(forbidden_regex, ''),
            case
                when leak_policy = 'strict'
                    then '(^|[^a-z0-9])(' || list_aggregate(
                        list_transform(
                            string_split(forbidden_synonyms, '|'), lambda term: regexp_escape(term)
                        ),
                        'string_agg', '|'
                    ) || ')([^a-z0-9]|$)'
            end
        ) as forbidden,
        string_split(allowed_terms, '|') as allowed
    from {{ ref('leak_terms') }}
    where leak_policy in ('strict', 'chronic_ok')
),

patterns as (
    select
        condition_id,
        '(?i)(' || forbidden || ')' as forbidden,
        '(?i)\b(' || list_aggregate(
            list_transform(
                list_filter(
                    allowed, lambda term: regexp_matches(term, '(?i)(' || forbidden || ')')
                ),
                lambda term: regexp_escape(term)
            ),
            'string_agg', '|'
        ) || ')\b' as blanked
    from policies
    where forbidden != ''
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

distinct_texts as (
    select distinct
        condition_id,
        words
    from shown
),

leaking_texts as (
    select
        distinct_texts.condition_id,
        distinct_texts.words
    from distinct_texts
    inner join patterns
        on distinct_texts.condition_id = patterns.condition_id
    where
        regexp_matches(
            coalesce(
                regexp_replace(distinct_texts.words, patterns.blanked, ' ', 'g'),
                distinct_texts.words
            ),
            patterns.forbidden
        )
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

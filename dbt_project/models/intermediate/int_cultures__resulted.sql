-- Cultures and other microbiology of the admissions under examination, joined to the catalogue.
-- Grain: one specimen, test, catalogue test and moment at which something of it was stored.
-- Source: README of the clinical catalogues; channels 13 to 15 of leak-prevention. Catalogue tests
-- match on test AND specimen. A row is available when it was stored: the day's end where only the
-- date is known; a row with neither is left out. MIMIC keeps the time of the last update alone, so
-- organism and susceptibilities mostly share one moment; where rows of a test were stored at
-- several, each moment tells what was known by then, `preliminary` but for the last. A Gram stain
-- or smear is a test of its own with its own time, and `preliminary` to the culture of its
-- specimen. Tests cancelled or not performed (90760, or said so in words) are dropped; organism
-- 90856 means negative. Comments are never shown. Where they are the only result, words of a
-- closed list are taken out of them (macro `microbiology_words`: what a Gram stain sees, no
-- growth, flora), and where they hold none of these, the text says just that. A bottle's Gram
-- stain is made only when the bottle grows. has_pathogen: an organism grew that is no mixed flora.
with tests as (
    select
        tested.test_id,
        cast(tested.match_value as bigint) as test_itemid,
        specimens.match_value as specimen
    from {{ ref('test_items') }} as tested
    inner join {{ ref('test_items') }} as specimens
        on
            tested.test_id = specimens.test_id
            and specimens.match_column = 'spec_type_desc'
            and specimens.source_table = 'hosp.microbiologyevents'
    where
        tested.source_table = 'hosp.microbiologyevents'
        and tested.match_column = 'test_itemid'
),

specimens_with_time as (
    select
        *,
        coalesce(charted_at, cast(charted_on as timestamp)) as taken_at
    from {{ ref('stg_mimiciv_hosp__microbiologyevents') }}
),

events as (
    {{ rows_of_examined('specimens_with_time', 'taken_at') }}
),

results as (
    select
        examined_hadm_id as hadm_id,
        micro_specimen_id,
        test_itemid,
        test_name,
        trim(specimen) as specimen,
        taken_at,
        coalesce(stored_at, cast(stored_on as timestamp) + interval '23:59:59') as available_at,
        isolate_num,
        case when coalesce(org_itemid, 0) != 90856 then org_name end as organism,
        antibiotic_name,
        interpretation,
        coalesce(comments, '') = '' or (
            regexp_matches(
                comments,
                '(?i)^\s*no\b|no growth|negative|non-?reactive|none (seen|detected)'
                || '|not (detected|isolated|seen|found)|no .{0,60}(seen|found|isolated|observed)'
            )
            and not regexp_matches(comments, '(?i)\bpositive\b')
        ) as is_negative,
        regexp_matches(test_name, '(?i)gram stain|smear') as is_smear,
        regexp_matches(test_name, '(?i)bottle gram stain') as is_of_bottle,
        {{ microbiology_words('comments') }} as comment_words
    from events
    where
        test_itemid is distinct from 90760
        and org_itemid is distinct from 90760
        and not (
            org_itemid is null
            and regexp_matches(
                coalesce(comments, ''), '(?i)cancelled|patient credited|test not performed'
            )
        )
        and coalesce(stored_at, cast(stored_on as timestamp)) is not null
),

moments as (
    select distinct
        hadm_id,
        micro_specimen_id,
        test_itemid,
        available_at
    from results
),

-- What was known of a specimen's test at each moment.
known as (
    select
        results.hadm_id,
        results.micro_specimen_id,
        results.test_itemid,
        results.test_name,
        results.specimen,
        results.taken_at,
        results.isolate_num,
        results.organism,
        results.antibiotic_name,
        results.interpretation,
        results.is_negative,
        results.is_smear,
        results.is_of_bottle,
        results.comment_words,
        moments.available_at
    from results
    inner join moments
        on
            results.hadm_id = moments.hadm_id
            and results.micro_specimen_id = moments.micro_specimen_id
            and results.test_itemid = moments.test_itemid
            and results.available_at <= moments.available_at
),

isolates as (
    select
        hadm_id,
        micro_specimen_id,
        test_itemid,
        available_at,
        isolate_num,
        organism,
        string_agg(
            distinct antibiotic_name || ' ' || interpretation,
            ', ' order by antibiotic_name || ' ' || interpretation
        ) as susceptibilities
    from known
    where organism is not null
    group by hadm_id, micro_specimen_id, test_itemid, available_at, isolate_num, organism
),

growth as (
    select
        hadm_id,
        micro_specimen_id,
        test_itemid,
        available_at,
        string_agg(
            organism || coalesce('; susceptibilities: ' || susceptibilities, ''),
            ' | ' order by isolate_num, organism
        ) as value_text,
        bool_or(not regexp_matches(organism, '(?i)mixed|flora|contamina')) as has_pathogen
    from isolates
    group by hadm_id, micro_specimen_id, test_itemid, available_at
),

tested as (
    select
        hadm_id,
        micro_specimen_id,
        test_itemid,
        available_at,
        min(test_name) as label,
        min(specimen) as specimen,
        min(taken_at) as taken_at,
        bool_and(is_negative) as is_negative,
        bool_or(is_smear) as is_smear,
        bool_or(is_of_bottle) as is_of_bottle,
        string_agg(distinct comment_words, '; ' order by comment_words) as comment_words
    from known
    group by hadm_id, micro_specimen_id, test_itemid, available_at
)

select
    tested.hadm_id,
    tested.micro_specimen_id,
    tested.test_itemid,
    tests.test_id,
    tested.label,
    tested.specimen,
    coalesce(
        growth.value_text,
        case
            when tested.is_of_bottle then concat_ws('; ', 'growth', tested.comment_words)
            when tested.comment_words is not null then tested.comment_words
            when tested.is_negative then 'no organism reported'
            else 'reported in words that are not shown'
        end
    ) as value_text,
    case
        when
            tested.is_smear
            or tested.available_at < max(tested.available_at) over (
                partition by tested.hadm_id, tested.micro_specimen_id, tested.test_itemid
            )
            then 'preliminary'
        else 'final'
    end as stage,
    coalesce(growth.has_pathogen, false) as has_pathogen,
    tested.taken_at,
    greatest(tested.available_at, tested.taken_at) as available_at
from tested
inner join tests
    on
        tested.test_itemid = tests.test_itemid
        and tested.specimen = tests.specimen
left join growth
    on
        tested.hadm_id = growth.hadm_id
        and tested.micro_specimen_id = growth.micro_specimen_id
        and tested.test_itemid = growth.test_itemid
        and tested.available_at = growth.available_at

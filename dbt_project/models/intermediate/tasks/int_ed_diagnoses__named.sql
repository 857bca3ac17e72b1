-- What the first diagnosis of an emergency visit is called in the catalogue. Private.
-- Grain: one emergency visit whose first code has a name.
-- A code belongs to a condition, or else to another diagnosis, when it starts with one of its
-- prefixes of its own ICD version and with none of its exclude prefixes. Of several the longest
-- prefix decides, then a condition before another diagnosis, then the id. What films alone tell
-- (dx_position cxr_label) is no diagnosis of a visit.
{% set lists = [
    (10, 'icd10_prefixes', false), (9, 'icd9_prefixes', false),
    (10, 'icd10_exclude_prefixes', true), (9, 'icd9_exclude_prefixes', true)
] -%}
with coded as (
    select
        stay_id,
        icd_code,
        icd_version
    from {{ ref('stg_mimiciv_ed__diagnosis') }}
    qualify row_number() over (partition by stay_id order by seq_num, icd_version, icd_code) = 1
),

prefixes as (
    {% for version, column, is_excluding in lists -%}
        select
            condition_id as entry_id,
            1 as rank,
            {{ version }} as icd_version,
            unnest(string_split({{ column }}, '|')) as prefix,
            {{ is_excluding }} as is_excluding
        from {{ ref('int_conditions__known') }}
        where dx_position != 'cxr_label' and {{ column }} != ''
        union all
    {% endfor -%}
    select
        diagnosis_id as entry_id,
        2 as rank,
        10 as icd_version,
        unnest(string_split(icd10_prefixes, '|')) as prefix,
        false as is_excluding
    from {{ ref('diagnoses_other') }}
    where icd10_prefixes != ''
    union all
    select
        diagnosis_id as entry_id,
        2 as rank,
        9 as icd_version,
        unnest(string_split(icd9_prefixes, '|')) as prefix,
        false as is_excluding
    from {{ ref('diagnoses_other') }}
    where icd9_prefixes != ''
),

codes as (
    select distinct
        icd_code,
        icd_version
    from coded
),

named as (
    select
        codes.icd_code,
        codes.icd_version,
        prefixes.entry_id,
        min(prefixes.rank) as rank,
        max(length(prefixes.prefix)) as longest
    from codes
    inner join prefixes
        on
            codes.icd_version = prefixes.icd_version
            and starts_with(codes.icd_code, prefixes.prefix)
    group by codes.icd_code, codes.icd_version, prefixes.entry_id
    having not bool_or(prefixes.is_excluding)
),

chosen as (
    select *
    from named
    qualify
        row_number() over (
            partition by icd_code, icd_version order by longest desc, rank asc, entry_id asc
        ) = 1
)

select
    coded.stay_id,
    coded.icd_code,
    coded.icd_version,
    chosen.entry_id as condition_id
from coded
inner join chosen
    on
        coded.icd_code = chosen.icd_code
        and coded.icd_version = chosen.icd_version

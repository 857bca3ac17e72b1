-- Which billed diagnoses are a target condition.
-- Grain: one billed diagnosis of one condition.
-- Source: int_conditions__known. A code belongs to a condition when it starts with one of the
-- prefixes of its own ICD version and with none of the exclude prefixes of that version. Codes
-- stay text: leading zeros count. When the condition lists seventh characters, a 7-character code
-- of S, T, M80 or M84 must end in one of them to be an initial encounter; shorter codes pass (rule
-- `seventh_char`).
with codes as (
    select distinct
        icd_code,
        icd_version
    from {{ ref('stg_mimiciv_hosp__diagnoses_icd') }}
),

prefixes as (
    select
        condition_id,
        10 as icd_version,
        unnest(string_split(icd10_prefixes, '|')) as prefix,
        false as is_excluding
    from {{ ref('int_conditions__known') }}
    union all
    select
        condition_id,
        9 as icd_version,
        unnest(string_split(icd9_prefixes, '|')) as prefix,
        false as is_excluding
    from {{ ref('int_conditions__known') }}
    union all
    select
        condition_id,
        10 as icd_version,
        unnest(string_split(icd10_exclude_prefixes, '|')) as prefix,
        true as is_excluding
    from {{ ref('int_conditions__known') }}
    union all
    select
        condition_id,
        9 as icd_version,
        unnest(string_split(icd9_exclude_prefixes, '|')) as prefix,
        true as is_excluding
    from {{ ref('int_conditions__known') }}
),

codes_of_conditions as (
    select
        prefixes.condition_id,
        codes.icd_code,
        codes.icd_version
    from codes
    inner join prefixes
        on
            codes.icd_version = prefixes.icd_version
            and starts_with(codes.icd_code, prefixes.prefix)
    group by prefixes.condition_id, codes.icd_code, codes.icd_version
    having not bool_or(prefixes.is_excluding)
)

select
    diagnoses.subject_id,
    diagnoses.hadm_id,
    codes_of_conditions.condition_id,
    conditions.category,
    diagnoses.seq_num,
    diagnoses.icd_code,
    diagnoses.icd_version,
    case conditions.dx_position
        when 'primary' then diagnoses.seq_num = 1
        when 'any' then true
        else false
    end as is_eligible_position,
    conditions.icd10_7th_chars is null
    or diagnoses.icd_version != 10
    or length(diagnoses.icd_code) != 7
    or not regexp_matches(diagnoses.icd_code, '^(S|T|M80|M84)')
    or list_contains(
        string_split(conditions.icd10_7th_chars, '|'), right(diagnoses.icd_code, 1)
    ) as is_initial_encounter
from {{ ref('stg_mimiciv_hosp__diagnoses_icd') }} as diagnoses
inner join codes_of_conditions
    on
        diagnoses.icd_code = codes_of_conditions.icd_code
        and diagnoses.icd_version = codes_of_conditions.icd_version
inner join {{ ref('int_conditions__known') }} as conditions
    on codes_of_conditions.condition_id = conditions.condition_id

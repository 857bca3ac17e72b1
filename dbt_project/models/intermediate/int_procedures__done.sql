-- Procedures of the admissions under examination, as actions and as tests of the catalogues.
-- Grain: one procedure row and catalogue entry.
-- Source: actions.csv, test_items.csv. `procedures_icd` has a date and no hour: such a procedure
-- counts from the start of its date, but not before t0 + 6 h. `procedureevents` has the time; its
-- charting is not mandatory, so absence proves nothing.
with entries as (
    select
        'action' as catalogue,
        action_id as entry_id,
        'prefix' as match_op,
        10 as icd_version,
        unnest(string_split(icd10pcs_prefixes, '|')) as match_value
    from {{ ref('actions') }}
    union all
    select
        'action' as catalogue,
        action_id as entry_id,
        'prefix' as match_op,
        9 as icd_version,
        unnest(string_split(icd9proc_prefixes, '|')) as match_value
    from {{ ref('actions') }}
    union all
    select
        'action' as catalogue,
        action_id as entry_id,
        'item' as match_op,
        cast(null as integer) as icd_version,
        unnest(string_split(procedureevents_itemids, '|')) as match_value
    from {{ ref('actions') }}
    union all
    select
        'test' as catalogue,
        test_items.test_id as entry_id,
        case when test_items.match_op = 'prefix' then 'prefix' else 'item' end as match_op,
        case
            when contains(test_items.match_column, 'icd_version=10') then 10
            when contains(test_items.match_column, 'icd_version=9') then 9
        end as icd_version,
        test_items.match_value
    from {{ ref('test_items') }} as test_items
    inner join {{ ref('test_catalogue') }} as test_catalogue
        on test_items.test_id = test_catalogue.test_id
    where
        test_catalogue.kind in ({{ kinds_of_procedures() }})
        and test_items.source_table in ('hosp.procedures_icd', 'icu.procedureevents')
),

coded as (
    select
        procedures.hadm_id,
        procedures.icd_code,
        procedures.icd_version,
        greatest(
            cast(procedures.chart_date as timestamp), examined.t0 + interval 6 hours
        ) as done_at
    from {{ ref('stg_mimiciv_hosp__procedures_icd') }} as procedures
    inner join {{ ref('int_admissions__examined') }} as examined
        on procedures.hadm_id = examined.hadm_id
),

codes as (
    select distinct
        icd_code,
        icd_version
    from coded
),

codes_of_entries as (
    select distinct
        entries.catalogue,
        entries.entry_id,
        codes.icd_code,
        codes.icd_version
    from codes
    inner join entries
        on
            codes.icd_version = entries.icd_version
            and starts_with(codes.icd_code, entries.match_value)
    where entries.match_op = 'prefix'
)

select
    coded.hadm_id,
    codes_of_entries.catalogue,
    codes_of_entries.entry_id,
    'procedures_icd' as source,
    coded.done_at
from coded
inner join codes_of_entries
    on
        coded.icd_code = codes_of_entries.icd_code
        and coded.icd_version = codes_of_entries.icd_version
union all
select
    charted.hadm_id,
    entries.catalogue,
    entries.entry_id,
    'procedureevents' as source,
    charted.started_at as done_at
from {{ ref('stg_mimiciv_icu__procedureevents') }} as charted
inner join {{ ref('int_admissions__examined') }} as examined
    on charted.hadm_id = examined.hadm_id
inner join entries
    on
        charted.itemid = try_cast(entries.match_value as bigint)
        and entries.match_op = 'item'

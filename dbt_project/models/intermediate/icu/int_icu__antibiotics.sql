-- Starts of systemic antibiotics and antifungals of admissions with intensive care.
-- Grain: one admission and start.
-- Source: icu-definitions.md section 8; the names are those of the catalogue (`drug_abx_any`,
-- `drug_antifungal` in actions.csv). Not eye, ear or skin, by route or name. The start is that of
-- the order, not of the dose.
with prescribed as (
    select distinct
        prescriptions.subject_id,
        prescriptions.hadm_id,
        prescriptions.started_at,
        lower(trim(prescriptions.drug_name)) as drug_name
    from {{ ref('stg_mimiciv_hosp__prescriptions') }} as prescriptions
    inner join {{ ref('stg_mimiciv_icu__icustays') }} as stays
        on prescriptions.hadm_id = stays.hadm_id
    where
        prescriptions.started_at is not null
        and coalesce(prescriptions.drug_type, '') != 'BASE'
        and not coalesce(
            upper(trim(prescriptions.route)) in ('OU', 'OS', 'OD', 'AU', 'AS', 'AD', 'TP')
            or regexp_matches(prescriptions.route, '(?i)\b(ear|eye|ears|eyes)\b'),
            false
        )
),

names as (
    select distinct drug_name
    from prescribed
    where not regexp_matches(drug_name, 'cream|gel|desensitization|ophth|\boint')
),

systemic as (
    select distinct names.drug_name
    from names
    inner join {{ ref('actions') }} as actions
        on
            regexp_matches(names.drug_name, '(?i)' || actions.drug_regex)
            and not coalesce(
                regexp_matches(names.drug_name, '(?i)' || actions.drug_exclude_regex), false
            )
    where actions.action_id in ('drug_abx_any', 'drug_antifungal')
)

select distinct
    prescribed.subject_id,
    prescribed.hadm_id,
    prescribed.started_at
from prescribed
inner join systemic
    on prescribed.drug_name = systemic.drug_name

-- Admissions that carry a target condition, with the first rule that each fails, as far as no
-- event need be read: the events are read only for those that pass.
-- Grain: one admission and condition whose code stands at an eligible position, or that its film
-- shows.
-- Source: cohort_rules.csv, `_global`. single_target: another condition of the same category is
-- coded at position 1 to 3, or on the same film (multi-pathology, as MIMIC-CDM dropped it).
-- planned_therapy: Z51 or V58.0, V58.1 at position 1. length: discharged after admission and
-- within 60 days.
with targets as (
    select *
    from {{ ref('int_targets__matched') }}
    where is_eligible_position
    qualify
        row_number() over (
            partition by hadm_id, condition_id
            order by is_initial_encounter desc, seq_num asc, icd_code asc
        ) = 1
),

companions as (
    select distinct
        targets.hadm_id,
        targets.condition_id
    from targets
    inner join {{ ref('int_targets__matched') }} as others
        on
            targets.hadm_id = others.hadm_id
            and targets.category = others.category
            and targets.condition_id != others.condition_id
            and others.seq_num <= 3
),

leaks as (
    select distinct
        hadm_id,
        condition_id
    from {{ ref('int_leaks__named') }}
)

select
    targets.subject_id,
    targets.hadm_id,
    targets.condition_id,
    targets.icd_code as target_code,
    targets.icd_version as target_version,
    targets.seq_num as target_seq_num,
    case
        when coalesce(timed.age_years, 0) < 18 then 'adult'
        when not targets.is_initial_encounter then 'seventh_char'
        when not timed.is_via_ed then 'via_ed'
        when
            timed.discharged_at is null
            or timed.discharged_at <= timed.admitted_at
            or timed.discharged_at > timed.admitted_at + interval 60 days
            then 'length'
        when
            timed.admission_location = 'TRANSFER FROM HOSPITAL'
            or regexp_matches(
                coalesce(timed.chief_complaint, ''), '(?i)transfer|\bOSH\b|outside hospital'
            )
            then 'outside_transfer'
        when timed.admission_type in ('ELECTIVE', 'SURGICAL SAME DAY ADMISSION') then 'elective'
        when {{ has_diagnosis('targets', ['Z51'], ['V580', 'V581'], 1) }} then 'planned_therapy'
        when companions.hadm_id is not null then 'single_target'
        when leaks.hadm_id is not null then 'leak'
    end as failed_rule
from targets
inner join {{ ref('int_admissions__timed') }} as timed
    on targets.hadm_id = timed.hadm_id
left join companions
    on
        targets.hadm_id = companions.hadm_id
        and targets.condition_id = companions.condition_id
left join leaks
    on
        targets.hadm_id = leaks.hadm_id
        and targets.condition_id = leaks.condition_id

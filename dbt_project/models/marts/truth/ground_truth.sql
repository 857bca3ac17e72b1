-- What was the matter, and what was done to find out: never shown.
-- Grain: one scenario.
{{ config(post_hook="{{ export_mart('scenario_id') }}") }}
with diagnoses as (
    select
        coded.hadm_id,
        list(
            struct_pack(
                seq := coded.seq_num,
                code := coded.icd_code,
                version := coded.icd_version,
                title := dictionary.long_title
            )
            order by coded.seq_num, coded.icd_version, coded.icd_code
        ) as codes
    from {{ ref('stg_mimiciv_hosp__diagnoses_icd') }} as coded
    inner join {{ ref('int_cohorts__selected') }} as selected
        on coded.hadm_id = selected.hadm_id
    left join {{ ref('stg_mimiciv_hosp__d_icd_diagnoses') }} as dictionary
        on
            coded.icd_code = dictionary.icd_code
            and coded.icd_version = dictionary.icd_version
    group by coded.hadm_id
),

tests_timed as (
    select
        selected.scenario_id,
        done.test_id,
        {{ hours_between('selected.t0', 'done.first_taken_at') }} as taken_hours,
        {{ hours_between('selected.t0', 'done.first_available_at') }} as available_hours,
        done.first_available_at <= selected.decision_at as by_decision
    from {{ ref('int_cohorts__selected') }} as selected
    inner join {{ ref('int_tests__done') }} as done
        on selected.hadm_id = done.hadm_id
),

tests as (
    select
        scenario_id,
        list(
            struct_pack(
                test_id := test_id,
                first_taken_hours := taken_hours,
                first_available_hours := available_hours,
                by_decision := by_decision
            )
            order by test_id
        ) as done
    from tests_timed
    group by scenario_id
)

select
    selected.scenario_id,
    selected.category,
    selected.condition_id,
    selected.subject_id,
    selected.hadm_id,
    selected.stay_id,
    selected.t0,
    selected.target_code,
    cast(selected.target_version as smallint) as target_version,
    diagnoses.codes as diagnoses,
    coalesce(tests.done, []) as tests,
    confirmed.is_confirmed,
    coalesce(admissions.is_dead_at_discharge, false) as died_in_hospital,
    arrived.sex,
    {{ age_band('arrived.age_years') }} as age_band,
    admissions.race,
    -- A word that nobody has grouped yet is unknown, and a data test names how many there are.
    coalesce(race_groups.race_group, 'Unknown') as race_group,
    admissions.insurance,
    admissions.language
from {{ ref('int_cohorts__selected') }} as selected
inner join {{ ref('stg_mimiciv_hosp__admissions') }} as admissions
    on selected.hadm_id = admissions.hadm_id
inner join {{ ref('int_admissions__arrived') }} as arrived
    on selected.hadm_id = arrived.hadm_id
left join {{ ref('race_groups') }} as race_groups
    on admissions.race = race_groups.race
left join {{ ref('int_cohorts__confirmed') }} as confirmed
    on selected.scenario_id = confirmed.scenario_id
left join diagnoses
    on selected.hadm_id = diagnoses.hadm_id
left join tests
    on selected.scenario_id = tests.scenario_id

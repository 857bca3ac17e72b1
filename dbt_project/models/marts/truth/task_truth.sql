-- What is true in the kinds of scenario that ask more than a diagnosis: never shown.
-- Grain: one scenario.
-- `condition_id` is the diagnosis to be named, or, of a film, the stratum that it was drawn from.
{{ config(post_hook="{{ export_mart('scenario_id') }}") }}
with died as (
    select
        hadm_id,
        is_dead_at_discharge,
        race,
        insurance,
        language
    from {{ ref('stg_mimiciv_hosp__admissions') }}
),

races as (
    select
        coalesce(hadm_id, stay_id) as hadm_id,
        min(race) as race
    from {{ ref('stg_mimiciv_ed__edstays') }}
    group by coalesce(hadm_id, stay_id)
)

select
    tasks.scenario_id,
    tasks.category,
    tasks.condition_id,
    tasks.subject_id,
    tasks.hadm_id,
    tasks.unit_key,
    tasks.t0,
    tasks.target_code,
    tasks.target_version,
    tasks.answers,
    coalesce(died.is_dead_at_discharge, false) as died_in_hospital,
    told.sex,
    {{ age_band('told.age_years') }} as age_band,
    coalesce(died.race, races.race) as race,
    coalesce(race_groups.race_group, 'Unknown') as race_group,
    died.insurance,
    died.language
from {{ ref('int_tasks__united') }} as tasks
inner join {{ ref('int_presentations__told') }} as told
    on tasks.hadm_id = told.hadm_id
left join died
    on tasks.hadm_id = died.hadm_id
left join races
    on tasks.hadm_id = races.hadm_id
left join {{ ref('race_groups') }} as race_groups
    on coalesce(died.race, races.race) = race_groups.race

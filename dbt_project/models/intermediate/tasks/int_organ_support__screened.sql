-- Every intensive care stay with the first rule that it fails, for the kind of scenario
-- `intensive_care`. Private.
-- Grain: one intensive care stay.
-- Asked, 24 h after admission to the unit, are the disease that made intensive care necessary and
-- the organ support of the next 24 h (int_icu__organ_support). The disease is the admission's
-- condition at an eligible position: conditions that may be coded at any position come first, then
-- the better coded one, then the id. Conditions that films alone tell are none. `readmission`: a
-- later stay of the same admission. `not_24_hours`: the stay ended before anything could be asked.
-- `leak`: the presentation names the condition. `beyond_draw`: of each condition
-- task_units_a_condition stays are kept, by SHA-256 of their id.
with conditions_of_admissions as (
    select
        targets.hadm_id,
        targets.condition_id,
        targets.icd_code,
        targets.icd_version
    from {{ ref('int_targets__matched') }} as targets
    inner join {{ ref('int_conditions__known') }} as conditions
        on targets.condition_id = conditions.condition_id
    where
        targets.is_eligible_position
        and targets.is_initial_encounter
        and conditions.dx_position != 'cxr_label'
    qualify
        row_number() over (
            partition by targets.hadm_id
            order by
                case conditions.dx_position when 'any' then 0 else 1 end,
                targets.seq_num,
                targets.condition_id,
                targets.icd_code
        ) = 1
),

leaks as (
    select distinct
        hadm_id,
        condition_id
    from {{ ref('int_leaks__named') }}
),

stays as (
    select
        support.subject_id,
        support.hadm_id,
        support.stay_id,
        support.arrived_at as t0,
        support.day_1_ends_at as decision_at,
        support.has_vasopressor_next_day,
        support.has_ventilation_next_day,
        support.has_renal_replacement_next_day,
        timed.age_years,
        timed.admission_type,
        timed.died_at,
        row_number() over (
            partition by support.hadm_id order by support.arrived_at, support.stay_id
        ) as stay_no,
        causes.condition_id,
        causes.icd_code as target_code,
        causes.icd_version as target_version,
        leaks.hadm_id is not null as is_leaking
    from {{ ref('int_icu__organ_support') }} as support
    left join {{ ref('int_admissions__timed') }} as timed
        on support.hadm_id = timed.hadm_id
    left join conditions_of_admissions as causes
        on support.hadm_id = causes.hadm_id
    left join leaks
        on
            causes.hadm_id = leaks.hadm_id
            and causes.condition_id = leaks.condition_id
),

judged as (
    select
        *,
        case
            when coalesce(age_years, 0) < 18 then 'adult'
            when stay_no > 1 then 'readmission'
            when has_vasopressor_next_day is null or died_at <= decision_at then 'not_24_hours'
            when admission_type in ('ELECTIVE', 'SURGICAL SAME DAY ADMISSION') then 'elective'
            when condition_id is null then 'no_condition'
            when is_leaking then 'leak'
        end as failed_rule
    from stays
)

{{ judged_and_drawn('stay', 'stay_id', 'intensive_care') }}

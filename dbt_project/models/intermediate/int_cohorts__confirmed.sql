-- Do the results bear the coded diagnosis out? Private.
-- Grain: one scenario.
-- Source: cohort_rules.csv, confirm_data. Results taken from t0 - 24 h to t0 + 72 h. Null: there
-- is no rule, or what it needs is not landed (imaging may confirm a pancreatitis that lipase does
-- not).
-- nstemi: troponin T > 0.01 ng/mL. acute_pancreatitis: lipase or amylase at least 3 times the
-- upper limit. aki: creatinine at least 1.5 times the lowest, or up by 0.3 mg/dL within 48 h
-- (KDIGO 2012).
-- hyperkalemia: potassium >= 5.5 within 24 h of arrival. hyponatremia: first sodium < 130.
-- rhabdomyolysis: CK > 1000 IU/L. hypoglycemia: glucose < 70 mg/dL. dka: glucose >= 200 and (pH <
-- 7.3 or bicarbonate < 18) and (ketones or gap > 12). hhs: glucose >= 600, 2 Na + glucose / 18 >=
-- 300, and no pH < 7.3.
with values_early as (
    select
        selected.scenario_id,
        selected.t0,
        labs.test_id,
        labs.value_num,
        labs.ref_high,
        labs.taken_at
    from {{ ref('int_cohorts__selected') }} as selected
    inner join {{ ref('int_labs__resulted') }} as labs
        on selected.hadm_id = labs.hadm_id
    where labs.value_num is not null
    union all
    select
        selected.scenario_id,
        selected.t0,
        vitals.test_id,
        vitals.value_num,
        cast(null as double) as ref_high,
        vitals.taken_at
    from {{ ref('int_cohorts__selected') }} as selected
    inner join {{ ref('int_vitals__charted') }} as vitals
        on selected.hadm_id = vitals.hadm_id
    where vitals.test_id = 'vital_glucose_poc'
),

windowed as (
    select *
    from values_early
    where taken_at between t0 - interval 24 hours and t0 + interval 72 hours
),

creatinine_rises as (
    select
        later.scenario_id,
        bool_or(
            later.value_num >= earlier.value_num + 0.3
            and later.taken_at <= earlier.taken_at + interval 48 hours
        ) as is_up_within_48_h
    from windowed as later
    inner join windowed as earlier
        on
            later.scenario_id = earlier.scenario_id
            and earlier.test_id = 'lab_creat'
            and later.taken_at > earlier.taken_at
    where later.test_id = 'lab_creat'
    group by later.scenario_id
),

summaries as (
    select
        scenario_id,
        max(value_num) filter (where test_id = 'lab_tnt') as troponin_max,
        max(value_num / ref_high) filter (
            where test_id in ('lab_lipase', 'lab_amylase') and ref_high > 0
        ) as enzyme_ratio_max,
        min(value_num) filter (where test_id = 'lab_creat' and value_num > 0) as creatinine_min,
        max(value_num) filter (where test_id = 'lab_creat') as creatinine_max,
        max(value_num) filter (
            where test_id = 'lab_k' and taken_at <= t0 + interval 24 hours
        ) as potassium_max,
        arg_min(value_num, taken_at) filter (where test_id = 'lab_na') as sodium_first,
        max(value_num) filter (where test_id = 'lab_na') as sodium_max,
        max(value_num) filter (where test_id = 'lab_ck') as ck_max,
        max(value_num) filter (where test_id = 'lab_glucose') as glucose_max,
        min(value_num) filter (
            where test_id in ('lab_glucose', 'vital_glucose_poc')
        ) as glucose_min,
        min(value_num) filter (where test_id = 'lab_bg_ph') as ph_min,
        min(value_num) filter (where test_id = 'lab_hco3') as bicarbonate_min,
        max(value_num) filter (where test_id = 'lab_anion_gap') as gap_max,
        max(value_num) filter (where test_id = 'lab_bhb') as ketones_max
    from windowed
    group by scenario_id
)

select
    selected.scenario_id,
    case selected.condition_id
        when 'nstemi' then coalesce(summaries.troponin_max > 0.01, false)
        when 'acute_pancreatitis'
            then case when summaries.enzyme_ratio_max >= 3 then true end
        when 'aki'
            then
                coalesce(summaries.creatinine_max >= 1.5 * summaries.creatinine_min, false)
                or coalesce(creatinine_rises.is_up_within_48_h, false)
        when 'hyperkalemia' then coalesce(summaries.potassium_max >= 5.5, false)
        when 'hyponatremia' then coalesce(summaries.sodium_first < 130, false)
        when 'rhabdomyolysis' then coalesce(summaries.ck_max > 1000, false)
        when 'hypoglycemia' then coalesce(summaries.glucose_min < 70, false)
        when 'dka'
            then
                coalesce(summaries.glucose_max >= 200, false)
                and (
                    coalesce(summaries.ph_min < 7.3, false)
                    or coalesce(summaries.bicarbonate_min < 18, false)
                )
                and (
                    coalesce(summaries.gap_max > 12, false)
                    or coalesce(summaries.ketones_max > 3, false)
                )
        when 'hhs'
            then
                coalesce(summaries.glucose_max >= 600, false)
                and coalesce(
                    2 * summaries.sodium_max + summaries.glucose_max / 18 >= 300, false
                )
                and not coalesce(summaries.ph_min < 7.3, false)
    end as is_confirmed
from {{ ref('int_cohorts__selected') }} as selected
left join summaries
    on selected.scenario_id = summaries.scenario_id
left join creatinine_rises
    on selected.scenario_id = creatinine_rises.scenario_id

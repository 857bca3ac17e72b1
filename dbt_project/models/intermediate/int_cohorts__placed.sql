-- What became of each admission of a cohort: selected, or dropped because it serves another
-- condition (one_use) or because the patient was there before (first_admission).
-- Grain: one admission and condition.
-- Source: cohort_rules.csv. one_use: conditions that may be coded at any position come first
-- (shock,
-- arrest: coded second by rule), those that a film shows last, then the better coded one (lower
-- seq_num), then the id. Then
-- first_admission: the earliest admission of a patient within a condition. In this order, since
-- an admission used elsewhere is none of this condition. A patient may serve several conditions;
-- the freeze takes one scenario a patient.
with used as (
    select
        united.*,
        screened.target_code,
        screened.target_version,
        screened.decision_at,
        row_number() over (
            partition by united.hadm_id
            order by
                case conditions.dx_position when 'any' then 0 when 'cxr_label' then 2 else 1 end,
                screened.target_seq_num,
                united.condition_id
        ) as use_no
    from {{ ref('int_cohorts__united') }} as united
    inner join {{ ref('int_cohorts__screened') }} as screened
        on
            united.hadm_id = screened.hadm_id
            and united.condition_id = screened.condition_id
    inner join {{ ref('int_conditions__known') }} as conditions
        on united.condition_id = conditions.condition_id
)

select
    *,
    case
        when use_no > 1 then 'one_use'
        when
            row_number() over (
                partition by subject_id, condition_id, use_no = 1
                order by t0, hadm_id
            ) > 1
            then 'first_admission'
        else 'selected'
    end as outcome
from used

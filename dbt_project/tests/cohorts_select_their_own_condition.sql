-- Each cohort names the condition of its file, and only admissions that passed the shared rules.
select
    united.hadm_id,
    united.condition_id
from {{ ref('int_cohorts__united') }} as united
left join {{ ref('int_cohorts__screened') }} as screened
    on
        united.hadm_id = screened.hadm_id
        and united.condition_id = screened.condition_id
where
    screened.hadm_id is null
    or screened.failed_rule is not null

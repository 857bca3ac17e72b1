-- For every condition, the admissions dropped by each rule and the selected are all admissions.
with totals as (
    select
        condition_id,
        sum(admissions) as admissions
    from {{ ref('cohort_attrition') }}
    group by condition_id
),

all_admissions as (
    select count(*) as admissions
    from {{ ref('stg_mimiciv_hosp__admissions') }}
)

select totals.condition_id
from totals
cross join all_admissions
where totals.admissions != all_admissions.admissions

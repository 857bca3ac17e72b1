with selected as (
    select
        condition_id,
        count(*) as scenarios
    from {{ ref('ground_truth') }}
    group by condition_id
)

select attrition.condition_id
from {{ ref('cohort_attrition') }} as attrition
left join selected
    on attrition.condition_id = selected.condition_id
where
    attrition.rule_id = 'selected'
    and attrition.admissions != coalesce(selected.scenarios, 0)

-- When a scenario ends: the decision time.
-- Grain: one admission and condition that passed the rules of int_cohorts__matched.
-- Source: leak-prevention rule 2. The earliest of t0 + 72 h, discharge, death and the first
-- definitive
-- treatment: the first procedure whose scoring for the condition is expected or expected_if_done.
with definitive as (
    select
        matched.hadm_id,
        matched.condition_id,
        min(procedures.done_at) as done_at
    from {{ ref('int_cohorts__matched') }} as matched
    inner join {{ ref('condition_actions') }} as indicated
        on matched.condition_id = indicated.condition_id
    inner join {{ ref('actions') }} as actions
        on indicated.action_id = actions.action_id
    inner join {{ ref('int_procedures__done') }} as procedures
        on
            matched.hadm_id = procedures.hadm_id
            and indicated.action_id = procedures.entry_id
            and procedures.catalogue = 'action'
    where
        matched.failed_rule is null
        and actions.kind = 'procedure'
        and indicated.scoring in ('expected', 'expected_if_done')
    group by matched.hadm_id, matched.condition_id
)

select
    matched.subject_id,
    matched.hadm_id,
    matched.condition_id,
    timed.t0,
    definitive.done_at as treated_at,
    least(
        timed.t0 + interval 72 hours,
        timed.discharged_at,
        timed.died_at,
        definitive.done_at
    ) as decision_at
from {{ ref('int_cohorts__matched') }} as matched
inner join {{ ref('int_admissions__timed') }} as timed
    on matched.hadm_id = timed.hadm_id
left join definitive
    on
        matched.hadm_id = definitive.hadm_id
        and matched.condition_id = definitive.condition_id
where matched.failed_rule is null

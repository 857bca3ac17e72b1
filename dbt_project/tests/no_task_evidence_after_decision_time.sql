-- As no_evidence_after_decision_time, in the kinds of scenario that ask more than a diagnosis; a
-- film has no evidence. Over all rows.
select
    evidence.scenario_id,
    evidence.evidence_no
from {{ ref('task_evidence') }} as evidence
inner join {{ ref('task_scenarios') }} as scenarios
    on evidence.scenario_id = scenarios.scenario_id
where
    evidence.available_hours > scenarios.decision_hours
    or evidence.taken_hours > evidence.available_hours
    or evidence.taken_hours < -24
    or scenarios.kind = 'radiology'

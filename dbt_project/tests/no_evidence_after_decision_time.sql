-- Nothing that could be seen only after the decision time may be evidence, and nothing taken
-- earlier than a day before arrival. Over all rows.
select
    evidence.scenario_id,
    evidence.evidence_no
from {{ ref('evidence') }} as evidence
inner join {{ ref('scenarios') }} as scenarios
    on evidence.scenario_id = scenarios.scenario_id
where
    evidence.available_hours > scenarios.decision_hours
    or evidence.taken_hours < -24

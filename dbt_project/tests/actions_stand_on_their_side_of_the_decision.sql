-- Every action knows on which side of the decision time it lies: its hour and `by_decision` agree,
-- and none lies earlier than a day before arrival. Over all rows. Hours are rounded: at the
-- decision itself the two may differ by one unit of the fourth decimal.
select
    actions_taken.scenario_id,
    actions_taken.action_id,
    actions_taken.source
from {{ ref('actions_taken') }} as actions_taken
inner join {{ ref('scenarios') }} as scenarios
    on actions_taken.scenario_id = scenarios.scenario_id
where
    actions_taken.first_hours < -24
    or actions_taken.first_hours is null
    or (actions_taken.by_decision and actions_taken.first_hours > scenarios.decision_hours + 0.0001)
    or (
        not actions_taken.by_decision
        and actions_taken.first_hours < scenarios.decision_hours - 0.0001
    )

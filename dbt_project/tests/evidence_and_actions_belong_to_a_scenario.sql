-- The tests of time order join by scenario: a row without one would escape them. Over all rows.
select scenario_id
from {{ ref('evidence') }}
where scenario_id not in (select known.scenario_id from {{ ref('scenarios') }} as known)
union all
select scenario_id
from {{ ref('task_evidence') }}
where scenario_id not in (select known.scenario_id from {{ ref('task_scenarios') }} as known)
union all
select scenario_id
from {{ ref('actions_taken') }}
where scenario_id not in (select known.scenario_id from {{ ref('scenarios') }} as known)

select scenario_id
from {{ ref('scenarios') }}
where
    decision_hours < 1
    or decision_hours > 72

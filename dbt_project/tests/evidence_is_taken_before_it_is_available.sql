select
    scenario_id,
    evidence_no
from {{ ref('evidence') }}
where taken_hours > available_hours

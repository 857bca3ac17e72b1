-- What was done to and for the patient: never shown.
-- Grain: one scenario, action and source.
-- From 24 h before t0 to discharge. An order alone (prescriptions) is not given.
{{ config(post_hook="{{ export_mart('scenario_id, action_id, source') }}") }}
with done as (
    select
        hadm_id,
        action_id,
        source,
        done_at,
        is_given
    from {{ ref('int_drugs__given') }}
    union all
    select
        hadm_id,
        entry_id as action_id,
        source,
        done_at,
        true as is_given
    from {{ ref('int_procedures__done') }}
    where catalogue = 'action'
    union all
    select
        hadm_id,
        action_id,
        source,
        done_at,
        true as is_given
    from {{ ref('int_care__arranged') }}
    union all
    select
        hadm_id,
        action_id,
        source,
        done_at,
        true as is_given
    from {{ ref('int_monitoring__repeated') }}
),

firsts as (
    select
        selected.scenario_id,
        selected.t0,
        selected.decision_at,
        done.action_id,
        done.source,
        min(done.done_at) as first_at,
        bool_or(done.is_given) as is_given
    from {{ ref('int_cohorts__selected') }} as selected
    inner join done
        on selected.hadm_id = done.hadm_id
    where done.done_at >= selected.t0 - interval 24 hours
    group by
        selected.scenario_id, selected.t0, selected.decision_at, done.action_id, done.source
)

select
    scenario_id,
    action_id,
    source,
    {{ hours_between('t0', 'first_at') }} as first_hours,
    is_given,
    first_at <= decision_at as by_decision
from firsts

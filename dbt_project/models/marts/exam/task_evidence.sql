-- Every result that could be seen by the decision time, in the kinds of scenario that ask more than
-- a diagnosis.
-- Grain: one result of one scenario. The rules are those of `evidence`; a film has none.
{{ config(post_hook="{{ export_mart('scenario_id, evidence_no') }}") }}
with available as (
    select distinct
        tasks.scenario_id,
        results.test_id,
        results.kind,
        results.label,
        results.specimen,
        results.value_text,
        results.value_num,
        results.unit,
        results.ref_low,
        results.ref_high,
        results.flag,
        {{ hours_between('tasks.t0', 'results.taken_at') }} as taken_hours,
        {{ hours_between('tasks.t0', 'results.available_at') }} as available_hours,
        results.film_image
    from {{ ref('int_tasks__united') }} as tasks
    inner join {{ ref('int_results__united') }} as results
        on tasks.hadm_id = results.hadm_id
    where
        tasks.kind != 'radiology'
        and results.taken_at >= tasks.t0 - interval 24 hours
        and results.available_at <= tasks.decision_at
)

select
    scenario_id,
    {{ evidence_number() }} as evidence_no,
    test_id,
    kind,
    label,
    specimen,
    value_text,
    value_num,
    unit,
    ref_low,
    ref_high,
    flag,
    taken_hours,
    available_hours,
    film_image
from available

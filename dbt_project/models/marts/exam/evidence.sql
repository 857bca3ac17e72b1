-- Every result that could be seen by the decision time.
-- Grain: one result of one scenario.
-- Source: leak-prevention rule 2. Taken at t0 - 24 h or later; available at the decision time at
-- the latest. A result without availability is none. Equal rows are one.
{{ config(post_hook="{{ export_mart('scenario_id, evidence_no') }}") }}
with available as (
    select distinct
        selected.scenario_id,
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
        {{ hours_between('selected.t0', 'results.taken_at') }} as taken_hours,
        {{ hours_between('selected.t0', 'results.available_at') }} as available_hours,
        results.film_image
    from {{ ref('int_cohorts__selected') }} as selected
    inner join {{ ref('int_results__united') }} as results
        on selected.hadm_id = results.hadm_id
    where
        results.taken_at >= selected.t0 - interval 24 hours
        and results.available_at <= selected.decision_at
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

-- Every result that could be seen by the decision time.
-- Grain: one result of one scenario.
-- Source: leak-prevention rule 2. Taken at t0 - 24 h or later; available at the decision time at
-- the latest. A result without availability is none. Equal rows are one.
{{ config(post_hook="{{ export_mart('scenario_id, evidence_no') }}") }}
with results as (
    select
        hadm_id,
        test_id,
        'lab' as kind,
        label,
        specimen,
        value_text,
        value_num,
        unit,
        ref_low,
        ref_high,
        flag,
        taken_at,
        available_at
    from {{ ref('int_labs__resulted') }}
    union all
    select
        hadm_id,
        test_id,
        'micro' as kind,
        label,
        specimen,
        value_text,
        cast(null as double) as value_num,
        cast(null as varchar) as unit,
        cast(null as double) as ref_low,
        cast(null as double) as ref_high,
        cast(null as varchar) as flag,
        taken_at,
        available_at
    from {{ ref('int_cultures__resulted') }}
    union all
    select
        hadm_id,
        test_id,
        'vital' as kind,
        label,
        cast(null as varchar) as specimen,
        value_text,
        value_num,
        unit,
        cast(null as double) as ref_low,
        cast(null as double) as ref_high,
        cast(null as varchar) as flag,
        taken_at,
        available_at
    from {{ ref('int_vitals__charted') }}
    {% for model, kind in [('int_imaging__reported', 'imaging'), ('int_ecg__read', 'ecg')] -%}
        union all
        select
            hadm_id,
            test_id,
            '{{ kind }}' as kind,
            label,
            cast(null as varchar) as specimen,
            value_text,
            cast(null as double) as value_num,
            cast(null as varchar) as unit,
            cast(null as double) as ref_low,
            cast(null as double) as ref_high,
            cast(null as varchar) as flag,
            taken_at,
            available_at
        from {{ ref(model) }}
        where value_text is not null
    {% endfor -%}
),

available as (
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
        {{ hours_between('selected.t0', 'results.available_at') }} as available_hours
    from {{ ref('int_cohorts__selected') }} as selected
    inner join results
        on selected.hadm_id = results.hadm_id
    where
        results.taken_at >= selected.t0 - interval 24 hours
        and results.available_at <= selected.decision_at
)

select
    scenario_id,
    cast(
        row_number() over (
            partition by scenario_id
            order by
                available_hours, taken_hours, test_id, label, value_text,
                specimen nulls first, value_num nulls first, unit nulls first,
                ref_low nulls first, ref_high nulls first, flag nulls first
        ) as integer
    ) as evidence_no,
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
    available_hours
from available

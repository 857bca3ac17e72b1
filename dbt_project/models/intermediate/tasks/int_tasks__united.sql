-- The scenarios of all kinds that ask more than a diagnosis: keys, times and what is true.
-- Grain: one scenario. Shown models take keys and times only.
-- Ids are hashes, as those of admissions (int_cohorts__selected).
with asked as (
    {% for model in task_models() -%}
        select
            category,
            kind,
            unit_key,
            subject_id,
            hadm_id,
            t0,
            start_at,
            decision_at,
            condition_id,
            target_code,
            target_version,
            answers
        from {{ ref(model) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor -%}
)

select
    left(
        sha256('medcred|' || {{ release_literal() }} || '|' || category || '|' || unit_key), 16
    ) as scenario_id,
    left(
        sha256('medcred|' || {{ release_literal() }} || '|patient|' || subject_id), 16
    ) as patient_key,
    *,
    {{ hours_between('t0', 'start_at') }} as start_hours,
    {{ hours_between('t0', 'decision_at') }} as decision_hours
from asked

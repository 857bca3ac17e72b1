-- All cohorts in one. No list stands here: the files of models/cohorts are the list.
-- Grain: one admission and condition.
{{ config(materialized='table') }}
{% for cohort in cohort_models() -%}
    select
        '{{ cohort.category }}' as category,
        cohort.subject_id,
        cohort.hadm_id,
        cohort.stay_id,
        cohort.t0,
        cohort.condition_id
    from {{ ref(cohort.condition) }} as cohort
    {% if not loop.last -%}
        union all
    {% endif -%}
{% endfor %}

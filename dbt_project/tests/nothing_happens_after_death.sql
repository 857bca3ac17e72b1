-- No event is dated after the day of the patient's death, nor before birth.
-- Real data: the open demo has no fault here; `dod` may come from state records, which can err.
{{ config(severity=severity_of_faults()) }}
with lives as (
    select
        subject_id,
        anchor_year - anchor_age_years as birth_year,
        death_date
    from {{ ref('stg_mimiciv_hosp__patients') }}
)

{% for model, time in events_of_patients() -%}
    select
        '{{ model }}' as model,
        count(*) as faults
    from {{ ref(model) }} as events
    inner join lives
        on events.subject_id = lives.subject_id
    where
        cast(events.{{ time }} as date) > lives.death_date
        or year(events.{{ time }}) < lives.birth_year
    having count(*) > 0
    {% if not loop.last -%}
        union all
    {% endif -%}
{% endfor %}
